// Glare: both dial each other in the same moment, and it is one call.

import { expect, test } from '../fixtures/test.ts';

/** The callers' clicks, apart by so many milliseconds: none, less than a message takes, and about as much. */
const APART = [0, 0, 1, 4, 12];

test('both click in the same moment: one call, the same on both sides', async ({ person }) => {
  const ann = await person('Ann');
  const bob = await person('Bob');

  for (const apart of APART) {
    await Promise.all([ann.isHome(), bob.isHome()]);
    const moment = Date.now() + 100;
    await Promise.all([
      ann.pressesAt(moment, 'Video call Bob'),
      bob.pressesAt(moment + apart, 'Video call Ann'),
    ]);

    await Promise.all([ann.isIn('active'), bob.isIn('active')]);
    await Promise.all([ann.isNotRung(), bob.isNotRung()]);
    expect(await bob.callId()).toBe(await ann.callId());
    expect([(await ann.traffic()).peers, (await bob.traffic()).peers], 'one connection each').toEqual([1, 1]);
    await Promise.all([ann.sees(bob), bob.sees(ann)]);

    await ann.hangsUp();
    await Promise.all([ann.isTold('Call ended'), bob.isTold('Call ended')]);
    await Promise.all([ann.presses('Done'), bob.presses('Done')]);
  }
});
