// Watchers that need something bad: noise, a machine that is too slow, a network that loses packets. Each is said in words,
// with its remedy, and not any more when it is over.

import { photograph } from '../fixtures/album.ts';
import { Path } from '../fixtures/path.ts';
import { expect, test } from '../fixtures/test.ts';
import { hint, isTold } from '../people/hints.ts';

// Half a minute of noise, and twice what it takes until it is said that a connection is better.
test.describe.configure({ timeout: 180_000 });

test('a noise that lasts is said for as long as it lasts, and muting is the remedy', async ({ person }) => {
  const ann = await person('Ann', { browser: 'noise' });
  const bob = await person('Bob');
  await ann.voiceCalls('Bob');
  await bob.accepts();
  await ann.isIn('active');
  const words = ['It is loud around you', 'the others hear better without it'] as const;
  await isTold(ann, 'noisy', words, 'Mute microphone');
  await photograph(ann.page, 'hint-noisy');
  await expect(hint(ann), 'the noise has stopped').toHaveCount(0, { timeout: 45_000 });
  await expect(hint(ann, 'noisy'), 'and begins again').toBeVisible({ timeout: 45_000 });
  await hint(ann).getByRole('button', { name: 'Mute microphone' }).click();
  await expect(hint(ann)).toHaveCount(0);
  await expect(bob.participant('Ann')).toContainText('Microphone off');
  await expect(hint(bob), 'the other side is told nothing').toHaveCount(0);
});

test('a network that loses packets: each is told whose it is', async ({ person }) => {
  const ann = await person('Ann', { at: 'about:blank' });
  const bob = await person('Bob', { at: 'about:blank' });
  const path = await Path.between(ann, bob);
  try {
    await Promise.all([ann.arrives(), bob.arrives()]);
    await ann.videoCalls('Bob');
    await bob.acceptsWithVideo();
    await Promise.all([ann.seesAndHears(bob), bob.seesAndHears(ann)]);
    await Promise.all([expect(hint(ann)).toHaveCount(0), expect(hint(bob)).toHaveCount(0)]);

    // What Bob sends gets lost: it is his network, and hers is fine.
    path.loses(0.4, ann);
    await isTold(bob, 'uplink', ['The others hear you badly', 'Without your picture more is left for your voice'], 'Turn camera off');
    await photograph(bob.page, 'hint-network');
    await expect(ann.participant('Bob')).toContainText("Bob's connection is weak");
    await expect(ann.page.getByRole('status').filter({ hasText: "Bob's connection is weak" })).toHaveCount(1);
    await expect(hint(ann), 'there is nothing that she could do').toHaveCount(0);

    path.loses(0, ann);
    await expect(hint(bob), 'it is good again').toHaveCount(0, { timeout: 40_000 });
    await expect(ann.participant('Bob')).not.toContainText("Bob's connection is weak", { timeout: 40_000 });

    path.loses(0.4, ann);
    await hint(bob, 'uplink').getByRole('button', { name: 'Turn camera off' }).click({ timeout: 40_000 });
    await expect(hint(bob)).toHaveCount(0);
    await expect(ann.participant('Bob')).toContainText('Camera off');
    path.loses(0, ann);
    await Promise.all([ann.hears(bob), bob.seesAndHears(ann)]);
  } finally {
    path.close();
  }
});

declare global {
  interface Window {
    tooSlow: boolean;
  }
}

/**
 * Runs in the page: its browser says, while that is wanted, that the encoder is held back by the processor. In its place
 * stands only the browser's word, because a machine that is really too slow is too slow for everything else that runs on
 * it, and whether it is depends on the machine.
 */
function slowMachine(): void {
  const honest = RTCPeerConnection.prototype.getStats;
  window.tooSlow = false;
  RTCPeerConnection.prototype.getStats = async function (this: RTCPeerConnection): Promise<RTCStatsReport> {
    const report = await honest.call(this);
    const bent = new Map<string, unknown>();
    report.forEach((entry: Record<string, unknown>, id: string) => {
      const isPicture = entry['type'] === 'outbound-rtp' && entry['kind'] === 'video';
      bent.set(id, isPicture && window.tooSlow ? { ...entry, qualityLimitationReason: 'cpu' } : entry);
    });
    return bent as unknown as RTCStatsReport;
  } as typeof honest;
}

test('a machine that does not keep up is said, and a smaller picture is the remedy', async ({ person }) => {
  const ann = await person('Ann', { at: 'about:blank', browser: 'many devices' });
  await ann.page.addInitScript(slowMachine);
  await ann.arrives();
  const bob = await person('Bob');
  await ann.videoCalls('Bob');
  await bob.acceptsWithVideo();
  await Promise.all([ann.sees(bob), bob.seesMovement(ann)]);
  const width = (): Promise<number> =>
    ann.page.evaluate(() => Math.max(...window.witness.openTracks().map((track) => track.width)));
  expect(await width()).toBe(1280);

  await ann.page.evaluate(() => (window.tooSlow = true));
  const words = ['Your computer does not keep up', 'A smaller picture is easier on it'] as const;
  await isTold(ann, 'overload', words, 'Send a smaller picture');
  await photograph(ann.page, 'hint-overload');
  await ann.page.evaluate(() => (window.tooSlow = false));
  await expect(hint(ann), 'it keeps up again').toHaveCount(0, { timeout: 40_000 });

  await ann.page.evaluate(() => (window.tooSlow = true));
  await hint(ann, 'overload').getByRole('button', { name: 'Send a smaller picture' }).click({ timeout: 40_000 });
  await expect(hint(ann)).toHaveCount(0);
  await expect.poll(width, 'less is asked of the camera').toBe(640);
  const arrives = (): Promise<number> =>
    bob.participant('Ann').locator('video').evaluate((video: HTMLVideoElement) => video.videoWidth);
  await expect.poll(arrives, 'and less arrives').toBeLessThanOrEqual(640);
  await bob.seesMovement(ann);
});
