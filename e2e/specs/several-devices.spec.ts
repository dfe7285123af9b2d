// One person with two devices, both of which ring.

import { expect, test } from '../fixtures/test.ts';
import type { Bring } from '../fixtures/test.ts';
import { ACCEPTS_TOKENS, claims, pathWith, sign } from '../fixtures/tokens.ts';
import type { Person } from '../people/person.ts';

test.use({ relayOptions: ACCEPTS_TOKENS });

/** Ann, and Bob on two devices. */
async function annAndTwiceBob(person: Bring): Promise<[Person, Person, Person]> {
  const ann = await person('Ann', { at: pathWith(sign(claims('Ann'))) });
  const laptop = await person('Bob', { at: pathWith(sign(claims('Bob'))) });
  const phone = await person('Bob', { at: pathWith(sign(claims('Bob'))) });
  await Promise.all([ann.isHome(), laptop.isHome(), phone.isHome()]);
  await expect(ann.button('Video call Bob'), 'two devices are one person').toHaveCount(1);
  return [ann, laptop, phone];
}

test('accepted on one, the other says so and stops ringing', async ({ person }) => {
  const [ann, laptop, phone] = await annAndTwiceBob(person);
  await ann.videoCalls('Bob');
  await Promise.all([laptop.isRungBy('Ann'), phone.isRungBy('Ann')]);

  await phone.acceptsWithVideo();
  await laptop.isNotRung();
  await laptop.isTold('Answered on another device');
  await Promise.all([ann.seesAndHears(phone), phone.seesAndHears(ann)]);
  await laptop.holdsNothing();
});

test('declined on one, the other stops ringing', async ({ person }) => {
  const [ann, laptop, phone] = await annAndTwiceBob(person);
  await ann.voiceCalls('Bob');
  await Promise.all([laptop.isRungBy('Ann'), phone.isRungBy('Ann')]);

  await laptop.declines();
  await ann.isTold('They declined');
  await phone.isNotRung();
  await expect(phone.main).toHaveAttribute('data-call-state', /idle|ended/);
});

test('both accept in the same moment: one wins', async ({ person }) => {
  const [ann, laptop, phone] = await annAndTwiceBob(person);
  await ann.voiceCalls('Bob');
  await Promise.all([laptop.isRungBy('Ann'), phone.isRungBy('Ann')]);

  const moment = Date.now() + 200;
  await Promise.all([laptop.pressesAt(moment, 'Accept'), phone.pressesAt(moment, 'Accept')]);
  await ann.isIn('active');
  const states = async (): Promise<(string | null)[]> => {
    const both = await Promise.all([laptop, phone].map((bob) => bob.main.getAttribute('data-call-state')));
    return both.sort();
  };
  await expect.poll(states).toEqual(['active', 'ended']);
  const [winner, loser] = (await laptop.main.getAttribute('data-call-state')) === 'active' ? [laptop, phone] : [phone, laptop];
  await loser.isTold('Answered on another device');
  await Promise.all([ann.hears(winner), winner.hears(ann)]);
});

test('a free device rings while another one is in a call', async ({ person }) => {
  const [ann, laptop, phone] = await annAndTwiceBob(person);
  await ann.voiceCalls('Bob');
  await laptop.isRungBy('Ann');
  await laptop.accepts();
  await Promise.all([ann.hears(laptop), phone.isTold('Answered on another device')]);

  const cleo = await person('Cleo', { at: pathWith(sign(claims('Cleo'))) });
  await cleo.isHome();
  await phone.presses('Done');
  await cleo.voiceCalls('Bob');
  await phone.isRungBy('Cleo');
  await phone.declines();
  await cleo.isTold('They declined');
  await ann.hears(laptop);
});

test('a copy of a tab is a device of its own, and the call stays where it is', async ({ person }) => {
  const [ann, laptop, phone] = await annAndTwiceBob(person);
  await phone.page.close();
  await ann.videoCalls('Bob');
  await laptop.isRungBy('Ann');
  await laptop.acceptsWithVideo();
  await Promise.all([ann.seesAndHears(laptop), laptop.seesAndHears(ann)]);

  // A window that a page opens gets a copy of what its tab keeps, like a duplicated one.
  const [copy] = await Promise.all([laptop.page.waitForEvent('popup'), laptop.page.evaluate(() => void window.open('/'))]);
  await expect(copy.getByRole('region', { name: 'People here' })).toBeVisible();
  await expect(copy.getByRole('main')).toHaveAttribute('data-call-state', 'idle');
  const device = (page: typeof copy): Promise<string | null> => page.evaluate(() => sessionStorage.getItem('alo-device'));
  await expect.poll(() => device(copy)).not.toBe(await device(laptop.page));
  await Promise.all([ann.isIn('active'), laptop.isIn('active')]);

  // The browser shows no picture in a window that another one covers.
  await laptop.page.bringToFront();
  await laptop.page.reload();
  await Promise.all([ann.seesAndHears(laptop), laptop.seesAndHears(ann)]);
  await expect(copy.getByRole('main'), 'the copy has nothing to do with it').toHaveAttribute('data-call-state', 'idle');
});
