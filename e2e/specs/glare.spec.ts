// Glare: both dial each other in the same moment, and it is one call.

import { expect, test } from '../fixtures/test.ts';
import type { Person } from '../people/person.ts';

/** The callers' clicks, apart by so many milliseconds: none, less than a message takes, and about as much. */
const APART = [0, 0, 1, 4, 12];

/** Clicks a button of the page at a moment of the machine's clock, which all pages share. */
async function clicksAt(person: Person, name: string, moment: number): Promise<void> {
  await person.button(name).evaluate(
    (button: HTMLElement, at) =>
      new Promise<void>((resolve) => {
        setTimeout(() => {
          button.click();
          resolve();
        }, at - Date.now());
      }),
    moment,
  );
}

test('both click in the same moment: one call, the same on both sides', async ({ person }) => {
  const ann = await person('Ann');
  const bob = await person('Bob');

  for (const apart of APART) {
    await Promise.all([ann.isHome(), bob.isHome()]);
    const moment = Date.now() + 100;
    await Promise.all([
      clicksAt(ann, 'Video call Bob', moment),
      clicksAt(bob, 'Video call Ann', moment + apart),
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
