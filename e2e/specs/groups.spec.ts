// Calls of several: rung at once, or taken into a call that runs.

import { photograph } from '../fixtures/album.ts';
import { expect, test } from '../fixtures/test.ts';
import type { Person } from '../people/person.ts';

/** Chooses people in the dialog that is open. */
async function chooses(caller: Person, ...names: string[]): Promise<void> {
  for (const name of names) await caller.page.getByRole('checkbox', { name }).check();
}

/** Rings several people from the first page. */
async function videoCallsSeveral(caller: Person, ...names: string[]): Promise<void> {
  await caller.presses('Call several');
  await chooses(caller, ...names);
  await caller.presses('Video call');
}

/** Everybody sees and hears everybody else. */
async function areTogether(...people: Person[]): Promise<void> {
  const pairs = people.flatMap((one) => people.filter((other) => other !== one).map((other) => [one, other] as const));
  await Promise.all(pairs.map(([one, other]) => one.seesAndHears(other)));
}

test('four people: three are rung, two come one after the other, one declines and is asked again', async ({ person }) => {
  const [ann, bob] = await Promise.all([person('Ann'), person('Bob')]);
  const [cleo, dan] = await Promise.all([person('Cleo'), person('Dan')]);
  await ann.presses('Call several');
  await chooses(ann, 'Bob', 'Cleo', 'Dan');
  await photograph(ann.page, 'several');
  await ann.presses('Video call');
  for (const rung of [bob, cleo, dan]) await rung.isRungBy('Ann');
  await expect(bob.incoming).toContainText('Together with');
  await expect(bob.incoming).toContainText('Cleo');
  await expect(bob.incoming).toContainText('Dan');
  await photograph(bob.page, 'several-incoming');
  await expect(ann.page.getByText('Ringing Cleo…')).toBeVisible();
  await photograph(ann.page, 'several-ringing');
  await ann.isIn('ringing');

  await bob.acceptsWithVideo();
  await areTogether(ann, bob);
  await expect(bob.page.getByText('Ringing Dan…')).toBeVisible();
  await photograph(ann.page, 'several-one-came');
  await dan.declines();
  await expect(ann.page.getByText('Dan declined')).toBeVisible();
  await expect(bob.page.getByText('Dan declined')).toBeVisible();
  await cleo.acceptsWithVideo();
  await areTogether(ann, bob, cleo);

  await bob.presses('People');
  await bob.presses('Add someone');
  await expect(bob.page.getByRole('checkbox')).toHaveCount(1);
  await chooses(bob, 'Dan');
  await bob.presses('Call');
  await dan.isRungBy('Bob');
  await dan.acceptsWithVideo();
  await areTogether(ann, bob, cleo, dan);
  expect(new Set(await Promise.all([ann, bob, cleo, dan].map((one) => one.callId()))).size).toBe(1);
  await expect(ann.button('Copy link'), 'nobody comes in by a link').toHaveCount(0);

  await ann.hangsUp();
  await cleo.hangsUp();
  await areTogether(bob, dan);
  await dan.hangsUp();
  await bob.isTold('Call ended');
  await photograph(bob.page, 'several-ended');
});

test('somebody who was not rung comes in by the link, once it is asked for', async ({ person }) => {
  const [ann, bob, cleo] = await Promise.all([person('Ann'), person('Bob'), person('Cleo')]);
  await ann.presses('Call several');
  await chooses(ann, 'Bob', 'Cleo');
  await ann.presses('Video call');
  await cleo.declines();
  await bob.acceptsWithVideo();
  await areTogether(ann, bob);
  const room = ann.signals.received.find((frame) => frame.type === 'room:created')?.data?.['room'];

  const dan = await person('Dan', { at: `/r/${String(room)}` });
  await dan.givesName();
  await dan.presses('Join room');
  await dan.isAlerted(/not here/i);
  await bob.presses('People');
  await bob.presses('Add someone');
  await expect(bob.button('Copy link')).toHaveCount(0);
  await bob.presses('Let others in with a link');
  await expect(bob.page.getByText(`/r/${String(room)}`)).toBeVisible();
  await photograph(bob.page, 'several-link');

  await dan.opens(`/r/${String(room)}`);
  await dan.joinsRoom();
  await areTogether(ann, bob, dan);

  // And closed again, by somebody else: whoever is in stays, and nobody else comes in.
  await dan.presses('People');
  await dan.presses('Add someone');
  await expect(dan.page.getByText(`/r/${String(room)}`), 'it is everybody\'s').toBeVisible();
  await dan.presses('Close the link again');
  for (const one of [dan, bob]) {
    await expect(one.page.getByText('The link lets nobody in any more')).toBeVisible();
    await expect(one.button('Copy link')).toHaveCount(0);
  }
  await dan.presses('Close');
  const eve = await person('Eve', { at: `/r/${String(room)}`, camera: 0 });
  await eve.givesName();
  await eve.presses('Join room');
  await eve.isAlerted(/not here/i);
  await eve.opens('/');
  await areTogether(ann, bob, dan);
  await bob.presses('Close');
  await bob.hangsUp();
  await areTogether(ann, dan);
  await ann.hangsUp();
  await dan.isTold('Call ended');
});

test('a call of two takes a third in, and the picture of the two goes on', async ({ person }) => {
  const [ann, bob, cleo] = await Promise.all([person('Ann'), person('Bob'), person('Cleo')]);
  await ann.videoCalls('Bob');
  await bob.isRungBy('Ann');
  await bob.acceptsWithVideo();
  await areTogether(ann, bob);
  // The same element in the page plays on: nothing was connected or shown anew.
  const stays = await ann.participant('Bob').locator('video').elementHandle();
  await ann.presses('People');
  await ann.presses('Add someone');
  await chooses(ann, 'Cleo');
  await ann.presses('Call');
  await cleo.isRungBy('Ann');
  await ann.sees(bob);
  await cleo.acceptsWithVideo();
  await areTogether(ann, bob, cleo);
  expect(await stays?.evaluate((video) => video.isConnected)).toBe(true);
});

test('nobody comes', async ({ person }) => {
  const [ann, bob, cleo] = await Promise.all([person('Ann'), person('Bob'), person('Cleo')]);
  await videoCallsSeveral(ann, 'Bob', 'Cleo');
  await bob.isRungBy('Ann');
  await cleo.isRungBy('Ann');
  await bob.declines();
  await cleo.declines();
  await ann.isTold('They declined');
  await ann.presses('Call again');
  await bob.isRungBy('Ann');
  await cleo.isRungBy('Ann');
  await ann.hangsUp();
  await expect(bob.incoming).toBeHidden();
  await expect(cleo.incoming).toBeHidden();
});
