// How good a call is: kept with the call, and said when it is bad.

import type { Person } from '../people/person.ts';
import { expect, test } from '../fixtures/test.ts';

interface Figures {
  readonly mos_x100?: number;
  readonly round_trip_ms?: number;
  readonly jitter_ms?: number;
  readonly loss_permille?: number;
  readonly frozen_permille?: number;
}

interface Call {
  readonly quality: { readonly median: Figures; readonly worst: Figures } | null;
}

/** What the relay keeps of a call, as soon as it does. */
async function kept(person: Person, call: string): Promise<Call> {
  const hello = person.signals.sent.find((frame) => frame.type === 'hello');
  const headers = { authorization: `Bearer ${String(hello?.data?.['token'])}` };
  const path = `/api/calls/${call}`;
  await expect.poll(async () => (await person.page.request.get(path, { headers })).status()).toBe(200);
  return (await (await person.page.request.get(path, { headers })).json()) as Call;
}

const reports = (person: Person): number =>
  person.signals.sentTypes.filter((type) => type === 'call:report_quality').length;

test('a call keeps how good it was', async ({ person }) => {
  const ann = await person('Ann');
  const bob = await person('Bob');
  await ann.videoCalls('Bob');
  await bob.isRungBy('Ann');
  await bob.acceptsWithVideo();
  await Promise.all([ann.seesAndHears(bob), bob.seesAndHears(ann)]);
  const call = await ann.callId();

  for (const one of [ann, bob]) {
    await expect.poll(() => reports(one), `${one.name} says how it receives the other`).toBeGreaterThan(0);
    await expect.poll(() => one.signals.receivedTypes, `${one.name} is told`).toContain('call:quality_update');
    await expect(one.page.getByText(/connection is weak/), 'nothing to complain about').toHaveCount(0);
  }
  await bob.hangsUp();
  await ann.isTold('Call ended');

  const { quality } = await kept(ann, call);
  const { median, worst } = quality ?? { median: {}, worst: {} };
  // Both pages are on this machine: next to no way, and nothing lost on it.
  expect(median.mos_x100).toBeGreaterThan(400);
  expect(median.mos_x100).toBeLessThanOrEqual(450);
  expect(median.round_trip_ms).toBeLessThan(100);
  expect(median.jitter_ms).toBeLessThan(100);
  expect(median.loss_permille).toBe(0);
  expect(worst.mos_x100).toBeLessThanOrEqual(median.mos_x100 ?? 0);
  expect(worst.frozen_permille).toBeGreaterThanOrEqual(median.frozen_permille ?? 0);
});

test('a voice that breaks up is said in words, and no longer when it is whole again', async ({ person }) => {
  const ann = await person('Ann');
  const bob = await person('Bob');
  await ann.page.evaluate(breakUp);
  await ann.voiceCalls('Bob');
  await bob.isRungBy('Ann');
  await bob.accepts();
  await Promise.all([ann.hears(bob), bob.hears(ann)]);
  const words = "Bob's connection is weak";
  await expect(ann.participant('Bob')).not.toContainText(words);

  await ann.page.evaluate(() => (window.breaksUp = true));
  await expect(ann.participant('Bob')).toContainText(words);
  await expect(ann.page.getByRole('status').filter({ hasText: words }), 'it is announced').toHaveCount(1);
  await expect(bob.page.getByText(/connection is weak/), 'Bob hears well').toHaveCount(0);

  await ann.page.evaluate(() => (window.breaksUp = false));
  await expect(ann.participant('Bob')).not.toContainText(words);
});

declare global {
  interface Window {
    breaksUp: boolean;
  }
}

/** Runs in the page: from now on its browser counts, while that is wanted, every third packet of sound as lost. */
function breakUp(): void {
  const honest = RTCPeerConnection.prototype.getStats;
  let lost = 0;
  window.breaksUp = false;
  RTCPeerConnection.prototype.getStats = async function (this: RTCPeerConnection): Promise<RTCStatsReport> {
    const report = await honest.call(this);
    lost += window.breaksUp ? 1 : 0;
    const bent = new Map<string, unknown>();
    report.forEach((entry: Record<string, unknown>, id: string) => {
      const isSound = entry['type'] === 'inbound-rtp' && entry['kind'] === 'audio';
      const more = { packetsLost: lost * 25, concealedSamples: lost * 16_000, silentConcealedSamples: 0 };
      bent.set(id, isSound ? { ...entry, ...more } : entry);
    });
    return bent as unknown as RTCStatsReport;
  } as typeof honest;
}
