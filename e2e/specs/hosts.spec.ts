// A room's host: mutes, removes, locks, and lets in who knocks.

import { photograph } from '../fixtures/album.ts';
import { expect, test } from '../fixtures/test.ts';
import type { Person } from '../people/person.ts';

/** A room of one's own; gives its path. */
async function makesRoom(host: Person): Promise<string> {
  await host.presses('Create room');
  await host.joinsRoom();
  return new URL(host.page.url()).pathname;
}

/** Comes by the room's link, as far as its door. */
async function comesBy(guest: Person): Promise<void> {
  await guest.givesName();
  await guest.presses('Join room');
}

/** The switch in the list of people. */
function toggle(host: Person, name: string) {
  return host.page.getByRole('switch', { name });
}

test('who knocks is heard, waits, and is let in or not', async ({ person }) => {
  const ann = await person('Ann');
  const path = await makesRoom(ann);
  await ann.presses('People');
  await toggle(ann, 'Waiting room').check();
  await photograph(ann.page, 'host-people');
  await ann.presses('Close');

  const bob = await person('Bob', { at: path });
  await comesBy(bob);
  await expect(bob.page.getByRole('heading', { name: 'Waiting to be let in…' })).toBeVisible();
  await photograph(bob.page, 'host-at-the-door');
  await expect(ann.page.getByText('Bob knocks')).toBeVisible();
  await photograph(ann.page, 'host-knock');
  await ann.presses('Let in Bob');
  await Promise.all([ann.seesAndHears(bob), bob.seesAndHears(ann)]);

  const cleo = await person('Cleo', { at: path });
  await comesBy(cleo);
  await expect(ann.page.getByText('Cleo knocks')).toBeVisible();
  await expect(bob.page.getByText('Cleo knocks')).toHaveCount(0);
  await ann.presses('Not now, Cleo');
  await cleo.isAlerted(/did not let you in/);
  await cleo.presses('Back');
  await cleo.holdsNothing();
});

test('the host mutes and removes, and hands over by leaving', async ({ person }) => {
  const ann = await person('Ann');
  const path = await makesRoom(ann);
  const bob = await person('Bob', { at: path });
  await bob.givesName();
  await bob.joinsRoom();
  const cleo = await person('Cleo', { at: path });
  await cleo.givesName();
  await cleo.joinsRoom();
  await Promise.all([ann.seesAndHears(bob), cleo.hears(bob)]);

  await ann.presses('People');
  await ann.presses('Mute Bob');
  await expect(bob.page.getByText('Ann muted you')).toBeVisible();
  await photograph(bob.page, 'host-muted');
  await cleo.doesNotHear(bob);
  await bob.page.getByRole('status').filter({ hasText: 'Ann muted you' }).getByRole('button', { name: 'Unmute' }).click();
  await cleo.hears(bob);

  await bob.presses('People');
  await expect(bob.page.getByRole('dialog', { name: 'People' })).toContainText('Host');
  await expect(bob.button('Remove Cleo')).toHaveCount(0);
  await bob.presses('Close');

  await ann.presses('Remove Bob');
  await bob.isTold('Removed from the room');
  await photograph(bob.page, 'host-removed');
  await bob.presses('Join room');
  await bob.presses('Join room');
  await bob.isAlerted(/did not let you in/);
  await bob.presses('Back');

  await toggle(ann, 'Lock the room').check();
  await ann.presses('Close');
  const dan = await person('Dan', { at: path });
  await comesBy(dan);
  await dan.isAlerted(/locked/);
  await dan.presses('Back');

  await ann.hangsUp();
  await cleo.presses('People');
  await expect(cleo.page.getByText('Host', { exact: true })).toBeVisible();
  await toggle(cleo, 'Lock the room').uncheck();
  await cleo.presses('End the call for all');
  await cleo.presses('End it for everyone now');
  await cleo.isTold('Call ended');
});
