// The relay goes away in the middle of a call: media goes from browser to browser, so the call goes on.

import { expect, test } from '../fixtures/test.ts';
import type { Person } from '../people/person.ts';

/** Somebody's machine shows a time so many milliseconds later from now on. */
async function setsClock(one: Person, later: number): Promise<void> {
  await one.page.evaluate((later) => {
    const before = Date.now;
    Date.now = () => before() + later;
  }, later);
}

test('the call goes on, the page says what is lost, and hanging up still works', async ({ person, relay }) => {
  const ann = await person('Ann');
  const bob = await person('Bob');
  await ann.videoCalls('Bob');
  await bob.isRungBy('Ann');
  await bob.acceptsWithVideo();
  await Promise.all([ann.seesAndHears(bob), bob.seesAndHears(ann)]);

  // The clocks of both machines are set, by a minute and a half. The call has one of its own.
  await Promise.all([setsClock(ann, 90_000), setsClock(bob, -90_000)]);
  // The browser's own lines about every attempt to reach it.
  for (const one of [ann, bob]) one.complaints.expect(/WebSocket connection to .* failed|ERR_CONNECTION_REFUSED/);
  await relay.stop();
  const lost = ann.page.getByRole('status').filter({ hasText: 'Connection to the server is lost; the call goes on' });
  await expect(lost).toBeVisible();
  // The pauses are counted down. They are short in a call, so it is looked at every frame, and not now and then.
  const counted = (): boolean => /Next try in [1-9]/.test(document.querySelector('.lost-place')?.textContent ?? '');
  await ann.page.waitForFunction(counted, undefined, { polling: 'raf' });
  await expect(lost.getByRole('button')).toHaveText(['Try now', 'Leave']);
  for (const button of await lost.getByRole('button').all()) {
    expect((await button.boundingBox())?.height, 'a thumb finds it').toBeGreaterThanOrEqual(48);
  }
  await Promise.all([ann.isIn('active'), bob.isIn('active')]);
  await Promise.all([ann.seesAndHears(bob), bob.seesAndHears(ann)]);

  const tried = ann.page.waitForEvent('websocket', { timeout: 2_000 });
  await ann.presses('Try now');
  await tried;

  for (const one of [ann, bob]) await expect(one.page.getByRole('timer')).toHaveText(/^0:[0-5]\d$/);
  // Only the browsers' own connection can tell.
  const began = Date.now();
  await ann.hangsUp();
  await bob.isTold('Call ended');
  console.log(`hung up for the other after ${Date.now() - began} ms`);
  await ann.isTold('Call ended');
  await Promise.all([ann.holdsNothing(), bob.holdsNothing()]);
});
