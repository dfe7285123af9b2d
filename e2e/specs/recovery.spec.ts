// What happens to a call when the way between two people dies, or one of their pages does.

import { Path } from '../fixtures/path.ts';
import { Sleep } from '../fixtures/sleep.ts';
import { expect, test } from '../fixtures/test.ts';
import { moves, seen, watches } from '../people/gaps.ts';
import type { Person } from '../people/person.ts';

/** How long the picture of another may stand still when the path dies, in milliseconds. */
const GAP = 4_000;
/** How long it may stand still when packets come again by a path that was broken for eight seconds, in milliseconds. */
const STANDS = 2_000;

async function inVideoCall(ann: Person, bob: Person): Promise<void> {
  await ann.videoCalls('Bob');
  await bob.isRungBy('Ann');
  await bob.acceptsWithVideo();
  await Promise.all([ann.isIn('active'), bob.isIn('active')]);
  await Promise.all([ann.sees(bob), bob.sees(ann)]);
}

test('a path that dies is noticed, said, and replaced within four seconds', async ({ person, relay }) => {
  const [ann, bob] = [await person('Ann', { at: 'about:blank' }), await person('Bob', { at: 'about:blank' })];
  const path = await Path.between(ann, bob);
  await Promise.all([ann.arrives(), bob.arrives()]);
  await inVideoCall(ann, bob);
  const gaps: number[] = [];
  for (let round = 0; round < 3; round += 1) {
    await Promise.all([watches(ann, bob), watches(bob, ann)]);
    path.dies();
    for (const one of [ann, bob]) {
      await expect.poll(async () => (await seen(one)).stood, { message: 'the picture stands still', timeout: 20_000 }).toBeGreaterThan(1_500);
    }
    await Promise.all([ann.isIn('active'), bob.isIn('active')]);
    await Promise.all([ann.seesAndHears(bob), bob.seesAndHears(ann)]);
    const [anns, bobs] = [await seen(ann), await seen(bob)];
    gaps.push(anns.stood, bobs.stood);
    // Who hears of it from the other's offer may have nothing to say any more.
    expect([...anns.states, ...bobs.states]).toContain('reconnecting');
    for (const one of [ann, bob]) {
      expect(await one.page.evaluate(() => window.witness.holdings().peers), 'the dead connection is closed').toBe(1);
    }
  }
  console.log(`without a picture, in ms: ${gaps.map(Math.round).join(', ')}`);
  gaps.sort((a, b) => a - b);
  expect(gaps[Math.floor(gaps.length / 2)], 'the median').toBeLessThan(GAP);

  // The same connection goes on if nobody can introduce another: then a whole picture has to be asked for.
  for (const one of [ann, bob]) one.complaints.expect(/WebSocket connection to .* failed|ERR_CONNECTION_REFUSED/);
  await relay.stop();
  path.breaks();
  await Promise.all([ann.isIn('reconnecting'), bob.isIn('reconnecting')]);
  for (const one of [ann, bob]) {
    await expect.poll(async () => (await seen(one)).still, { message: 'the network is gone', timeout: 20_000 }).toBeGreaterThan(8_000);
  }
  await Promise.all([watches(ann, bob), watches(bob, ann)]);
  path.returns();
  await Promise.all([moves(ann), moves(bob)]);
  const stood = [(await seen(ann)).stood, (await seen(bob)).stood];
  console.log(`until the picture moved again, in ms: ${stood.map(Math.round).join(', ')}`);
  expect(Math.min(...stood), 'the better of the two: the machine is busy').toBeLessThan(STANDS);
  await Promise.all([ann.seesAndHears(bob), bob.seesAndHears(ann)]);
  path.close();
});

test('a page that is loaded anew takes its seat again, unseen by the other, and one that slept goes on', async ({ person }) => {
  const [ann, bob] = [await person('Ann'), await person('Bob')];
  await inVideoCall(ann, bob);
  await watches(ann, bob);
  await bob.page.reload();
  await bob.isIn('active');
  await Promise.all([ann.sees(bob), bob.hears(ann)]);
  const { stood, states } = await seen(ann);
  console.log(`Ann saw nothing for ${Math.round(stood)} ms`);
  expect(states).toEqual(['active']);
  expect(await ann.page.evaluate(() => window.witness.holdings().peers)).toBe(1);

  // Somebody whose page has to work for two seconds and more is not lost.
  await watches(ann, bob);
  await bob.page.evaluate(() => {
    const until = performance.now() + 2_300;
    while (performance.now() < until);
  });
  expect((await seen(ann)).states).toEqual(['active']);
  await bob.isIn('active');

  const sleep = await Sleep.of(bob);
  try {
    // Noticed after three seconds at the latest, and counted from then on.
    const lost = ann.page.getByRole('status').filter({ hasText: 'The connection to Bob was lost' });
    await expect(lost, 'twelve seconds of sleep').toContainText('0:09', { timeout: 20_000 });
    await watches(ann, bob);
  } finally {
    sleep.ends();
  }
  await moves(ann);
  const { stood: asleep } = await seen(ann);
  console.log(`after twelve seconds of sleep Ann saw Bob again within ${Math.round(asleep)} ms`);
  expect(asleep).toBeLessThan(GAP);
  await Promise.all([ann.isIn('active'), bob.isIn('active')]);
  await Promise.all([ann.seesAndHears(bob), bob.seesAndHears(ann)]);
});
