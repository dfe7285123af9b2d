// Rooms: a link instead of a ring.

import { expect, test } from '../fixtures/test.ts';

/** A room's path as its link shows it. */
const ROOM = /\/r\/[a-z]{4}-[a-z]{4}-[a-z]{4}$/;

test('three people meet by a link, and go one after the other', async ({ person }) => {
  const ann = await person('Ann');
  await ann.presses('Create room');
  await ann.joinsRoom();
  await expect(ann.page).toHaveURL(ROOM);
  await expect(ann.button('Copy link')).toBeVisible();
  const path = new URL(ann.page.url()).pathname;

  const bob = await person('Bob', { at: path });
  await bob.givesName();
  await bob.joinsRoom();
  await Promise.all([ann.seesAndHears(bob), bob.seesAndHears(ann)]);

  const cleo = await person('Cleo', { at: path });
  await cleo.givesName();
  await cleo.joinsRoom();
  await Promise.all([ann.seesAndHears(cleo), cleo.seesAndHears(ann)]);
  await Promise.all([bob.seesAndHears(cleo), cleo.seesAndHears(bob)]);
  expect(await cleo.callId()).toBe(await ann.callId());

  await ann.hangsUp();
  await expect(bob.participant('Ann')).toHaveCount(0);
  await Promise.all([bob.seesAndHears(cleo), cleo.seesAndHears(bob)]);
  await ann.holdsNothing();
});

test('a link made on the relay\'s own machine leads others to its address in the network', async ({ person }) => {
  const ann = await person('Ann');
  const links = ['https://192.0.2.7:3443'];
  await ann.page.route('/api/config', (route) => route.fulfill({ json: { guests: true, directory: true, links, version: '1' } }));
  const told = ann.page.waitForResponse('/api/config');
  await ann.page.reload();
  await told;
  await ann.isHome();
  await ann.presses('Create room');
  await ann.joinsRoom();
  await expect(ann.page.getByText(/192\.0\.2\.7:3443\/r\/[a-z-]{14}$/)).toBeVisible();
});

test('a room is entered by its code', async ({ person }) => {
  const ann = await person('Ann');
  await ann.presses('Create room');
  await ann.joinsRoom();
  const code = new URL(ann.page.url()).pathname.replace('/r/', '');

  const bob = await person('Bob');
  await bob.field('Room code').fill(code.toUpperCase().replaceAll('-', ' '));
  await bob.presses('Join room');
  await expect(bob.page).toHaveURL(new RegExp(`/r/${code}$`));
  await bob.joinsRoom();
  await Promise.all([ann.seesAndHears(bob), bob.seesAndHears(ann)]);
});

test('a room that does not exist is said in words', async ({ person }) => {
  const ann = await person('Ann', { at: '/r/abcd-efgh-jkmn' });
  await ann.givesName();
  await ann.presses('Join room');
  await ann.isAlerted(/room|not here/i);
  await ann.isIn('idle');
  await ann.presses('Back');
  await ann.isHome();
});

test.describe('a room for two', () => {
  test.use({ relayOptions: ['--room-size', '2'] });

  test('a third is told that it is full', async ({ person }) => {
    const ann = await person('Ann');
    await ann.presses('Create room');
    await ann.joinsRoom();
    const path = new URL(ann.page.url()).pathname;
    const bob = await person('Bob', { at: path });
    await bob.givesName();
    await bob.joinsRoom();

    const cleo = await person('Cleo', { at: path });
    await cleo.givesName();
    await cleo.presses('Join room');
    await cleo.isAlerted(/full/);
    await Promise.all([ann.isIn('active'), bob.isIn('active')]);
    await cleo.presses('Back');
    await cleo.isHome();
  });
});
