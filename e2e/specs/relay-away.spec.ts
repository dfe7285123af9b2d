// The relay goes away in the middle of a call: media goes from browser to browser, so the call goes on.

import { expect, test } from '../fixtures/test.ts';

test('the call goes on, the page says what is lost, and hanging up still works', async ({ person, relay }) => {
  const ann = await person('Ann');
  const bob = await person('Bob');
  await ann.videoCalls('Bob');
  await bob.isRungBy('Ann');
  await bob.acceptsWithVideo();
  await Promise.all([ann.seesAndHears(bob), bob.seesAndHears(ann)]);

  // The browser's own lines about every attempt to reach it.
  for (const one of [ann, bob]) one.complaints.expect(/WebSocket connection to .* failed|ERR_CONNECTION_REFUSED/);
  await relay.stop();
  const lost = ann.page.getByRole('status').filter({ hasText: 'Connection to the server is lost; the call goes on' });
  await expect(lost).toBeVisible();
  // Long pauses come after short ones, and are counted down.
  await expect(lost).toContainText('Next try in', { timeout: 20_000 });
  await expect(lost.getByRole('button')).toHaveText(['Try now', 'Leave']);
  await Promise.all([ann.isIn('active'), bob.isIn('active')]);
  await Promise.all([ann.seesAndHears(bob), bob.seesAndHears(ann)]);

  const tried = ann.page.waitForEvent('websocket', { timeout: 2_000 });
  await ann.presses('Try now');
  await tried;

  // Only the browsers' own connection can tell.
  const began = Date.now();
  await ann.hangsUp();
  await bob.isTold('Call ended');
  console.log(`hung up for the other after ${Date.now() - began} ms`);
  await ann.isTold('Call ended');
  await Promise.all([ann.holdsNothing(), bob.holdsNothing()]);
});
