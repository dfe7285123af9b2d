// A second call while in one: ended, held, declined; and calls on hold.

import type { Locator } from '@playwright/test';

import { expect, test } from '../fixtures/test.ts';
import type { Bring } from '../fixtures/test.ts';
import type { Person } from '../people/person.ts';

/** Ann and Bob in a call, and Cleo rings Bob. */
async function rungInACall(person: Bring): Promise<Record<'ann' | 'bob' | 'cleo', Person>> {
  const ann = await person('Ann');
  const bob = await person('Bob');
  const cleo = await person('Cleo');
  await ann.voiceCalls('Bob');
  await bob.isRungBy('Ann');
  await bob.accepts();
  await Promise.all([ann.hears(bob), bob.hears(ann)]);
  await cleo.voiceCalls('Bob');
  await bob.isRungMeanwhileBy('Cleo');
  return { ann, bob, cleo };
}

/** The call that is on hold beside another. */
function held(by: Person, other: string): Locator {
  return by.page.getByRole('region', { name: `On hold: ${other}` });
}

async function isPutOnHold(person: Person, by: string): Promise<void> {
  await expect(person.page.getByRole('heading', { name: `${by} put you on hold` })).toBeVisible();
}

/** How many bytes of sound and pictures it has sent and received so far. */
async function media(person: Person): Promise<[number, number]> {
  const { mediaSent, mediaReceived } = await person.traffic();
  return [mediaSent, mediaReceived];
}

test('hold and accept, swap, and the call on hold is shown when the other is over', async ({ person }) => {
  const { ann, bob, cleo } = await rungInACall(person);
  await expect(cleo.page.getByText('In another call. It rings there…')).toBeVisible();
  await ann.hears(bob);

  await bob.answersSecond('Hold and accept');
  await Promise.all([bob.hears(cleo), cleo.hears(bob)]);
  await isPutOnHold(ann, 'Bob');
  await expect(held(bob, 'Ann')).toBeVisible();
  await ann.doesNotHear(bob);
  const before = await media(ann);
  await cleo.hears(bob);
  expect(await media(ann), 'nothing at all passes on hold, neither way').toEqual(before);

  await held(bob, 'Ann').getByRole('button').click();
  await Promise.all([bob.hears(ann), ann.hears(bob)]);
  await isPutOnHold(cleo, 'Bob');
  await expect(held(bob, 'Cleo')).toBeVisible();

  await ann.hangsUp();
  await expect(bob.page.getByRole('heading', { name: 'Cleo is on hold' })).toBeVisible();
  await expect(held(bob, 'Cleo')).toBeHidden();
  await bob.presses('Resume');
  await Promise.all([bob.hears(cleo), cleo.hears(bob)]);
  await bob.hangsUp();
  await Promise.all([bob.isTold('Call ended'), cleo.isTold('Call ended')]);
});

test('end and accept', async ({ person }) => {
  const { ann, bob, cleo } = await rungInACall(person);
  await bob.answersSecond('End and accept');
  await ann.isTold('Call ended');
  await Promise.all([bob.hears(cleo), cleo.hears(bob)]);
  await expect(held(bob, 'Ann')).toBeHidden();
});

test('decline', async ({ person }) => {
  const { ann, bob, cleo } = await rungInACall(person);
  await bob.answersSecond('Decline');
  await cleo.isTold('They declined');
  await Promise.all([ann.hears(bob), bob.hears(ann)]);
});

test('the one on hold hangs up, and the other call goes on', async ({ person }) => {
  const { ann, bob, cleo } = await rungInACall(person);
  await bob.answersSecond('Hold and accept');
  await Promise.all([bob.hears(cleo), isPutOnHold(ann, 'Bob')]);
  await ann.hangsUp();
  await expect(held(bob, 'Ann')).toBeHidden();
  await expect(bob.page.getByText('The call with Ann, which was on hold, is over')).toBeAttached();
  await Promise.all([bob.hears(cleo), cleo.hears(bob)]);
});

test('the first call ends while the second rings: it rings like any other', async ({ person }) => {
  const { ann, bob, cleo } = await rungInACall(person);
  await ann.hangsUp();
  await bob.isRungBy('Cleo');
  await expect(bob.second).toBeHidden();
  await bob.accepts();
  await Promise.all([bob.hears(cleo), cleo.hears(bob)]);
});

test('a page with a call on hold is loaded anew and has both again', async ({ person }) => {
  const { ann, bob, cleo } = await rungInACall(person);
  await bob.answersSecond('Hold and accept');
  await Promise.all([bob.hears(cleo), isPutOnHold(ann, 'Bob')]);
  await bob.page.reload();
  await Promise.all([bob.hears(cleo), cleo.hears(bob)]);
  await expect(held(bob, 'Ann')).toBeVisible();
  await isPutOnHold(ann, 'Bob');
  await held(bob, 'Ann').getByRole('button').click();
  await Promise.all([bob.hears(ann), ann.hears(bob), isPutOnHold(cleo, 'Bob')]);
});

test('a video call on hold: nothing is recorded, nothing is said of the network, and it is back at once', async ({ person }) => {
  const ann = await person('Ann');
  const bob = await person('Bob');
  await ann.videoCalls('Bob');
  await bob.isRungBy('Ann');
  await bob.acceptsWithVideo();
  await Promise.all([ann.seesAndHears(bob), bob.seesAndHears(ann)]);

  await bob.holds('Ann');
  await isPutOnHold(ann, 'Bob');
  await expect(bob.page.getByRole('heading', { name: 'Ann is on hold' })).toBeVisible();
  await Promise.all([ann.doesNotSee(bob), bob.doesNotSee(ann), ann.doesNotHear(bob), bob.doesNotHear(ann)]);
  await expect.poll(() => bob.opened(), 'his camera is off').toEqual(['audio']);
  await expect(ann.page.getByText(/weak|Reconnecting/)).toBeHidden();

  const played = ann.participant('Bob').evaluate((tile) => window.witness.nextSound(tile));
  const resumed = await bob.button('Resume').evaluate((button: HTMLElement) => {
    button.click();
    return performance.timeOrigin + performance.now();
  });
  const took = (await played) - resumed;
  test.info().annotations.push({ type: 'from resume to the first sound', description: `${took.toFixed(0)} ms` });
  await Promise.all([ann.seesAndHears(bob), bob.seesAndHears(ann)]);
  // A message through the relay and one packet; the rest is the machine's.
  expect(took).toBeLessThan(2_000);
});

test('in a room a second call can be taken by leaving, and the card says why', async ({ person }) => {
  const bob = await person('Bob');
  const cleo = await person('Cleo');
  await bob.presses('Create room');
  await bob.joinsRoom();
  await cleo.voiceCalls('Bob');
  await bob.isRungMeanwhileBy('Cleo');
  await expect(bob.second).toContainText('A call of several cannot be put on hold.');
  await expect(bob.second.getByRole('button', { name: 'Hold and accept' })).toBeHidden();
  await bob.answersSecond('Leave and accept');
  await Promise.all([bob.hears(cleo), cleo.hears(bob)]);
});
