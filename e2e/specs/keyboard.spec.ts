// Everything by keyboard alone.

import { expect, test } from '../fixtures/test.ts';
import type { Person } from '../people/person.ts';

/** More stops than any view of the page has. */
const STOPS = 40;

/** Tabs until the button of that name has the focus, then presses it. */
async function tabsTo(person: Person, name: string): Promise<void> {
  const button = person.button(name);
  await expect(button).toBeVisible();
  for (let stop = 0; stop < STOPS; stop += 1) {
    if (await button.evaluate((element) => element === document.activeElement)) {
      await person.page.keyboard.press('Enter');
      return;
    }
    await person.page.keyboard.press('Tab');
  }
  throw new Error(`${name} cannot be reached with the Tab key`);
}

/** A screen reader says it by itself. */
async function hears(person: Person, words: string): Promise<void> {
  await expect(person.page.getByRole('status').filter({ hasText: words })).toBeAttached();
}

test('a call without a mouse', async ({ person }) => {
  const ann = await person('Ann', { at: '/' });
  await expect(ann.field('Your name')).toBeFocused();
  await ann.page.keyboard.type('Ann');
  await ann.page.keyboard.press('Enter');
  await ann.isHome();
  const bob = await person('Bob');

  await tabsTo(ann, 'Video call Bob');
  await bob.isRungBy('Ann');
  await expect(bob.incoming.locator(':focus'), 'the focus is in the dialog').toHaveCount(1);
  await tabsTo(bob, 'Accept with video');
  await Promise.all([ann.seesAndHears(bob), bob.seesAndHears(ann)]);

  await tabsTo(ann, 'Mute microphone');
  await expect(ann.button('Unmute microphone'), 'its name says what it does now').toBeFocused();
  await hears(ann, 'Microphone off');
  await expect(bob.participant('Ann')).toContainText('Microphone off');
  await tabsTo(ann, 'Turn camera off');
  await expect(ann.button('Turn camera on')).toBeFocused();
  await hears(ann, 'Camera off');
  await expect(bob.participant('Ann')).toContainText('Camera off');

  await tabsTo(ann, 'Hang up');
  await Promise.all([ann.isTold('Call ended'), bob.isTold('Call ended')]);
  await tabsTo(ann, 'Done');
  await ann.isHome();
});

test('the focus stays in the ringing dialog', async ({ person }) => {
  const ann = await person('Ann');
  const bob = await person('Bob');
  await bob.button('Create room').focus();
  await ann.voiceCalls('Bob');
  await bob.isRungBy('Ann');

  for (let stop = 0; stop < 8; stop += 1) {
    await expect(bob.incoming.locator(':focus')).toHaveCount(1);
    await bob.page.keyboard.press('Tab');
  }
  await tabsTo(bob, 'Decline');
  await ann.isTold('They declined');
});

test('the focus comes back to where it came from', async ({ person }) => {
  const ann = await person('Ann');
  const bob = await person('Bob');
  await person('Cleo');
  await expect(ann.button('Video call Cleo')).toBeVisible();
  for (const [opener, dialog] of [['Settings', 'Settings'], ['Call several', 'Who should be called?']] as const) {
    await tabsTo(ann, opener);
    await expect(ann.page.getByRole('dialog', { name: dialog }).locator(':focus'), 'it is inside').toHaveCount(1);
    await ann.page.keyboard.press('Escape');
    await expect(ann.button(opener)).toBeFocused();
  }

  await tabsTo(ann, 'Video call Bob');
  await hears(bob, 'Ann is calling');
  await tabsTo(bob, 'Accept with video');
  await Promise.all([ann.sees(bob), bob.sees(ann)]);
  await hears(ann, 'You are connected');
  for (const [opener, dialog] of [['People', 'People'], ['More', 'Settings'], ['More about Bob', 'Options']] as const) {
    await tabsTo(ann, opener);
    if (opener === 'More') {
      await expect(ann.button('Settings'), 'the first of what there is').toBeFocused();
      await ann.page.keyboard.press('Enter');
    }
    await expect(ann.page.getByRole('dialog', { name: dialog })).toBeVisible();
    await ann.page.keyboard.press('Escape');
    await expect(ann.page.getByRole('dialog', { name: dialog })).toBeHidden();
    await expect(ann.button(opener)).toBeFocused();
  }
  await tabsTo(ann, 'React or raise your hand');
  await ann.page.keyboard.press('Escape');
  await expect(ann.button('React or raise your hand')).toBeFocused();
  await tabsTo(ann, 'Hang up');
  await expect(ann.page.getByRole('heading', { name: 'Call ended' }), 'the reason is read out').toBeFocused();
});
