// Who may ring whom: blocked, silenced, not to be disturbed; and groups with a name.

import type { Locator } from '@playwright/test';

import { photograph } from '../fixtures/album.ts';
import { expect, test } from '../fixtures/test.ts';
import type { Person } from '../people/person.ts';

/** What somebody is said to be doing in the list of people. */
function status(seenBy: Person, of: string) {
  return seenBy.page.getByRole('region', { name: 'People here' }).getByRole('listitem').filter({ hasText: of });
}

/** Wants something of somebody, in the settings. */
async function wants(person: Person, what: 'Block' | 'Silence', of: string): Promise<void> {
  await person.presses('Settings');
  await person.page.getByRole('combobox', { name: 'Choose somebody…' }).selectOption(of);
  const answered = person.page.waitForResponse((response) => response.url().includes('/api/people/'));
  await person.page.getByRole('checkbox', { name: `${what} ${of}` }).check();
  expect((await answered).status()).toBe(204);
}

async function isToBeCalled(person: Person, how: string): Promise<void> {
  await person.presses('Settings');
  const answered = person.page.waitForResponse('/api/status');
  await person.page.getByRole('combobox', { name: 'Being called' }).selectOption(how);
  expect((await answered).status()).toBe(204);
  await person.presses('Close');
}

test('for whoever is blocked, somebody is not here', async ({ person }) => {
  const [ann, bob] = await Promise.all([person('Ann'), person('Bob')]);
  await expect(ann.button('Voice call Bob')).toBeVisible();
  await expect(bob.button('Voice call Ann')).toBeVisible();
  await wants(ann, 'Block', 'Bob');
  await photograph(ann.page, 'people-settings');
  await expect(status(bob, 'Ann')).toHaveCount(0);
  await ann.page.getByRole('checkbox', { name: 'Block Bob' }).uncheck();
  await ann.presses('Close');
  await bob.voiceCalls('Ann');
  await ann.isRungBy('Bob');
  await bob.hangsUp();
  await ann.isNotRung();
});

test('a silenced ring shows, is not heard, and is missed', async ({ person }) => {
  const [ann, bob] = await Promise.all([person('Ann'), person('Bob')]);
  await wants(ann, 'Silence', 'Bob');
  await ann.presses('Close');
  await bob.voiceCalls('Ann');
  await ann.isRungBy('Bob');
  await bob.hangsUp();
  await ann.isTold('Missed call');
  await ann.presses('Done');
  await expect(ann.button('Calls, 1 missed')).toBeVisible();
});

test('who does not want to be disturbed is not rung, and others see it', async ({ person }) => {
  const [ann, bob] = await Promise.all([person('Ann'), person('Bob')]);
  await isToBeCalled(ann, 'Do not disturb');
  await expect(status(bob, 'Ann')).toContainText('Do not disturb');
  await photograph(bob.page, 'people-undisturbed');
  await bob.voiceCalls('Ann');
  await bob.isAlerted(/do not want to be disturbed/);
  await ann.isNotRung();
  await isToBeCalled(ann, 'Away');
  await expect(status(bob, 'Ann')).toContainText('Away');
  await ann.page.reload();
  await ann.presses('Settings');
  await expect(ann.page.getByRole('combobox', { name: 'Being called' })).toHaveValue('away');
  await ann.presses('Close');
});

test('what can be done with somebody is at their row', async ({ person }) => {
  const [ann, bob] = await Promise.all([person('Ann'), person('Bob'), person('Cleo')]);
  await ann.presses('Call several');
  for (const name of ['Bob', 'Cleo']) await ann.page.getByRole('checkbox', { name }).check();
  await ann.field('Name of the group').fill('Kin');
  await ann.presses('Keep as a group');
  await expect(ann.page.getByText('The group is kept.')).toBeVisible();
  await ann.presses('Close');
  const menu = ann.page.getByRole('dialog', { name: 'More' });
  const box = (name: string) => menu.getByRole('checkbox', { name });

  // With the keyboard alone.
  await ann.button('More about Bob').focus();
  await ann.page.keyboard.press('Enter');
  await expect(menu.getByRole('heading', { name: 'Bob' })).toBeVisible();
  await expect(box('Kin')).toBeChecked();
  await expect(menu.getByRole('link', { name: 'The last call with Bob' }), 'there was none').toHaveCount(0);
  await photograph(ann.page, 'people-menu');
  const silenced = ann.page.waitForResponse((response) => response.url().includes('/api/people/'));
  await box('Silence Bob').focus();
  await ann.page.keyboard.press('Space');
  expect((await silenced).status()).toBe(204);
  const left = ann.page.waitForResponse((response) => response.url().includes('/api/groups/'));
  await box('Kin').uncheck();
  expect((await left).ok()).toBe(true);
  await expect(box('Kin')).not.toBeChecked();
  await ann.page.keyboard.press('Escape');
  await expect(menu).toBeHidden();
  await expect(ann.button('More about Bob'), 'the focus is where it was').toBeFocused();

  await bob.voiceCalls('Ann');
  await ann.isRungBy('Bob');
  await ann.accepts();
  await ann.hears(bob);
  await bob.hangsUp();
  await ann.isTold('Call ended');
  await ann.presses('Done');
  const people = ann.page.getByRole('region', { name: 'People here' });
  await people.getByRole('button', { name: 'More about Cleo' }).click();
  await expect(box('Kin'), 'a group of nobody is none').toBeDisabled();
  await ann.presses('Close');
  await people.getByRole('button', { name: 'More about Bob' }).click();
  await expect(box('Silence Bob'), 'as it was left').toBeChecked();
  await expect(box('Kin')).not.toBeChecked();
  await menu.getByRole('link', { name: 'The last call with Bob' }).click();
  await expect(ann.page).toHaveURL(/\/calls\/[\w-]+$/);
  await expect(ann.page.getByRole('heading', { name: 'Bob' })).toBeFocused();
  await ann.page.goBack();
  await ann.page.getByRole('link', { name: /^Bob/ }).click();
  await expect(ann.page.getByText('Incoming voice call'), 'a recent call leads to its page too').toBeVisible();
});

test('of a group that is larger than a call one chooses who is rung', async ({ person }) => {
  const [ann, bob, cleo] = await Promise.all([person('Ann'), person('Bob'), person('Cleo')]);
  const idOf = (one: Person): string => {
    const welcome = one.signals.received.find((frame) => frame.type === 'welcome');
    return String((welcome?.data?.['user'] as { id: string }).id);
  };
  const hello = ann.signals.sent.find((frame) => frame.type === 'hello');
  const gone = ['Dan', 'Eve'].map((name) => ({ id: `guest:${name.toLowerCase()}`, name }));
  const members = [gone[0], { id: idOf(bob), name: 'Bob' }, gone[1], { id: idOf(cleo), name: 'Cleo' }];
  const made = await ann.page.request.post('/api/groups', {
    headers: { authorization: `Bearer ${String(hello?.data?.['token'])}` },
    data: { name: 'Choir', place: 0, members },
  });
  expect(made.ok()).toBe(true);

  // From the settings as well one comes to the choice: nobody is left out silently.
  await ann.presses('Settings');
  await ann.presses('Call Choir');
  await expect(ann.page.getByText('These are 4, and there is room for 3')).toBeVisible();
  const box = (name: string): Locator => ann.page.getByRole('checkbox', { name });
  for (const name of ['Bob', 'Cleo', 'Dan']) await expect(box(name), 'who is here first').toBeChecked();
  await expect(box('Eve')).not.toBeChecked();
  await expect(box('Eve'), 'no more than four').toBeDisabled();
  await photograph(ann.page, 'people-too-many');
  await box('Bob').uncheck();
  await box('Eve').check();
  await ann.presses('Voice call');
  await cleo.isRungBy('Ann');
  await bob.isNotRung();
  await expect(ann.page.getByText('Eve is not here')).toBeVisible();
  await cleo.accepts();
  await ann.isIn('active');
  await ann.hangsUp();
  await ann.presses('Done');

  await ann.presses('Settings');
  await expect(ann.page.getByText('Dan, Bob, Eve, Cleo'), 'the group is as it was').toBeVisible();
  await ann.presses('Close');
});

test('a group is kept, found again after a reload, changed, and rung', async ({ person }) => {
  const [ann, bob, cleo] = await Promise.all([person('Ann'), person('Bob'), person('Cleo')]);
  await ann.presses('Call several');
  for (const name of ['Bob', 'Cleo']) await ann.page.getByRole('checkbox', { name }).check();
  await ann.field('Name of the group').fill('Họp <b>sáng</b> & co');
  await ann.presses('Keep as a group');
  await expect(ann.page.getByText('The group is kept.')).toBeVisible();
  await ann.page.reload();
  await ann.presses('Call several');
  await ann.presses('Họp <b>sáng</b> & co');
  await expect(ann.page.getByRole('checkbox', { name: 'Cleo' })).toBeChecked();
  await photograph(ann.page, 'people-group');
  await ann.presses('Voice call');
  await bob.isRungBy('Ann');
  await cleo.isRungBy('Ann');
  await ann.hangsUp();
  await bob.isNotRung();
  await cleo.isNotRung();

  await ann.presses('Done');
  await ann.presses('Settings');
  const settings = ann.page.getByRole('dialog', { name: 'Settings' });
  await expect(settings.getByText('Bob, Cleo')).toBeVisible();
  await photograph(ann.page, 'people-groups');
  await ann.presses('Delete the group Họp <b>sáng</b> & co');
  await expect(settings.getByText('Bob, Cleo')).toHaveCount(0);
  await ann.presses('Close');
});
