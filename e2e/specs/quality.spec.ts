// How good a call is: kept with the call, and said when it is bad.

import { photograph } from '../fixtures/album.ts';
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
  readonly course?: { readonly every_ms: number; readonly mos_x100: readonly (number | null)[] };
}

/** What the relay keeps of a call, as soon as it does. */
async function kept(person: Person, call: string): Promise<Call> {
  const hello = person.signals.sent.find((frame) => frame.type === 'hello');
  const headers = { authorization: `Bearer ${String(hello?.data?.['token'])}` };
  const path = `/api/calls/${call}`;
  await expect.poll(async () => (await person.page.request.get(path, { headers })).status()).toBe(200);
  return (await (await person.page.request.get(path, { headers })).json()) as Call;
}

/** As long as it takes until a report has passed that speaks of nothing but now: two of them, ten seconds apart. */
const REPORTED = { timeout: 40_000 };

const reports = (person: Person): number =>
  person.signals.sentTypes.filter((type) => type === 'call:report_quality').length;

test('a call keeps how good it was, and shows it on its page', async ({ person }) => {
  const ann = await person('Ann');
  const bob = await person('Bob');
  await ann.videoCalls('Bob');
  await bob.isRungBy('Ann');
  await bob.acceptsWithVideo();
  await Promise.all([ann.seesAndHears(bob), bob.seesAndHears(ann)]);
  const call = await ann.callId();

  for (const one of [ann, bob]) {
    const often = { message: `${one.name} says how it receives the other`, timeout: 40_000 };
    await expect.poll(() => reports(one), often).toBeGreaterThan(2);
    await expect.poll(() => one.signals.receivedTypes, `${one.name} is told`).toContain('call:quality_update');
    await expect(one.page.getByText(/connection is weak/), 'nothing to complain about').toHaveCount(0);
  }
  await bob.hangsUp();
  await ann.isTold('Call ended');

  const { quality, course } = await kept(ann, call);
  const { median, worst } = quality ?? { median: {}, worst: {} };
  // Both pages are on this machine: next to no way, and nothing lost on it.
  expect(median.mos_x100).toBeGreaterThan(400);
  expect(median.mos_x100).toBeLessThanOrEqual(450);
  expect(median.round_trip_ms).toBeLessThan(100);
  expect(median.jitter_ms).toBeLessThan(100);
  expect(median.loss_permille).toBe(0);
  expect(worst.mos_x100).toBeLessThanOrEqual(median.mos_x100 ?? 0);
  expect(worst.frozen_permille).toBeGreaterThanOrEqual(median.frozen_permille ?? 0);
  expect(course?.every_ms).toBe(10_000);
  expect(course?.mos_x100.length).toBeGreaterThan(1);
  expect(Math.min(...(course?.mos_x100 ?? []).map((mos) => mos ?? 450)), 'the worst is in it').toBe(worst.mos_x100);

  await ann.page.goto(`/calls/${call}`);
  const graphs = ann.page.locator('section').filter({ has: ann.page.getByRole('heading', { name: 'From beginning to end' }) });
  for (const [title, value] of [
    ['Sound, 1 to 4.5 (MOS)', /(down to|always) 4\.\d/],
    ['There and back', /(up to|always) \d+\sms/],
    ['Lost packets', /(up to|always) \d+\.\d\s%/],
  ] as const) {
    const graph = graphs.getByRole('figure').filter({ hasText: title });
    await expect(graph).toContainText(value);
    await expect(graph.locator('path')).toHaveAttribute('d', /^M[\d. ]+L[\d. ]+/);
  }
  await ann.page.getByRole('heading', { name: 'From beginning to end' }).scrollIntoViewIfNeeded();
  await photograph(ann.page, 'past-call-quality');
});

test('the graphs of a call say when it was worst', async ({ person }) => {
  const ann = await person('Ann');
  const each = <T>(of: (at: number) => T): T[] => Array.from({ length: 120 }, (_, at) => of(at));
  const from = new Date().setHours(14, 0, 0, 0);
  const call = {
    call_id: 'c_0000000000000001',
    kind: 'video',
    placed_at: from - 5_000,
    answered_at: from - 1_000,
    connected_at: from - 500,
    ended_at: from + 1_200_000,
    duration_ms: 1_200_500,
    reason: 'completed',
    participants: [
      { id: 'guest:other', name: 'Bình', status: 'placed', joined_at: from - 5_000, left_at: from + 1_200_000 },
      { id: 'guest:me', name: 'Ann', status: 'accepted', joined_at: from - 1_000, left_at: from + 1_200_000 },
    ],
    quality: { median: { mos_x100: 437, round_trip_ms: 34, loss_permille: 0 }, worst: { mos_x100: 210 } },
    course: {
      from,
      every_ms: 10_000,
      mos_x100: each((at) => (at > 60 && at < 70 ? null : at === 30 ? 210 : 430 + (at % 9))),
      round_trip_ms: each((at) => 30 + (at % 7) * 5 + (at === 42 ? 480 : 0)),
      loss_permille: each(() => 0),
    },
  };
  await ann.page.route(/\/api\/calls\/c_/, (route) => route.fulfill({ json: call }));
  await ann.page.goto(`/calls/${call.call_id}`);
  const graph = (title: string) => ann.page.getByRole('figure').filter({ hasText: title });
  await expect(graph('Sound, 1 to 4.5')).toContainText('down to 2.1');
  await expect(graph('Sound, 1 to 4.5')).toContainText('worst at 14:05');
  await expect(graph('Sound, 1 to 4.5').locator('path'), 'nobody reported for a while').toHaveAttribute('d', /^M[^M]+M[^M]+$/);
  await expect(graph('There and back')).toContainText(/up to 5\d\d\sms/);
  await expect(graph('There and back')).toContainText('worst at 14:07');
  await expect(graph('Lost packets')).toContainText(/always 0\.0\s%/);
  await expect(graph('Lost packets')).not.toContainText('worst');
  await ann.page.getByRole('heading', { name: 'From beginning to end' }).scrollIntoViewIfNeeded();
  await photograph(ann.page, 'past-call-course');
});

test('a voice that breaks up is said in words, to both, and no longer when it is whole again', async ({ person }) => {
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

  // Her page says every ten seconds how it receives him.
  const hint = bob.page.locator('[data-hint="uplink"]');
  await expect(hint, 'Bob learns that it is his network').toContainText('The others hear you badly', REPORTED);
  await expect(hint).toContainText('slow to send');
  await expect(bob.participant('Ann')).toContainText('Your connection is weak');
  await expect(bob.page.getByText("Ann's connection is weak"), 'he hears her well').toHaveCount(0);
  await photograph(bob.page, 'hint-uplink');

  await ann.page.evaluate(() => (window.breaksUp = false));
  await expect(ann.participant('Bob')).not.toContainText(words);
  await expect(ann.page.getByRole('status').filter({ hasText: 'The connection is good again' })).toHaveCount(1);
  await expect(hint).toHaveCount(0, REPORTED);
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
