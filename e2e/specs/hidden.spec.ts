// Somebody who hides their address is called through the TURN server inside the relay.

import { photograph } from '../fixtures/album.ts';
import { expect, test } from '../fixtures/test.ts';

test.use({ relayOptions: ['--turn', '--turn-port', '0', '--turn-tls-port', '0'] });

test('whoever hides their address is heard and seen through the relay, and no other way is told', async ({ person }) => {
  const ann = await person('Ann');
  const bob = await person('Bob');
  await ann.presses('Settings');
  const hide = ann.page.getByRole('switch', { name: /^Hide my address/ });
  await expect(hide).not.toBeChecked();
  await hide.check();
  await hide.scrollIntoViewIfNeeded();
  await photograph(ann.page, 'hide-address');
  await ann.presses('Close');

  await ann.videoCalls('Bob');
  await bob.acceptsWithVideo();
  await Promise.all([ann.seesAndHears(bob), bob.seesAndHears(ann)]);
  await ann.participant('Bob').getByRole('button', { name: /Bob/ }).click();
  const figures = ann.page.getByRole('dialog');
  await figures.getByText('How Bob arrives').click();
  await expect(figures.getByText(/^By way of a relay \(IPv4\)$/)).toBeVisible({ timeout: 10_000 });

  const told = ann.signals.sent.filter((frame) => frame.type === 'call:ice_candidate').map((frame) => JSON.stringify(frame.data));
  expect(told.join()).toContain(' typ relay ');
  expect(told.join(), 'neither her own address nor her router’s').not.toMatch(/ typ (host|srflx|prflx) /);
  const [initiate] = ann.signals.sent.filter((frame) => frame.type === 'call:initiate');
  expect(JSON.stringify(initiate?.data)).not.toContain('a=candidate');
});
