// A call is not left by accident: going back and closing the tab ask first.

import { expect, test } from '../fixtures/test.ts';
import type { Person } from '../people/person.ts';

/** The question whether to leave the call. */
const question = (person: Person) => person.page.getByRole('dialog', { name: 'Leave the call?' });

async function talk(ann: Person, bob: Person): Promise<void> {
  await ann.voiceCalls('Bob');
  await bob.accepts();
  await Promise.all([ann.hears(bob), bob.hears(ann)]);
}

test('going back asks, as often as it is done, and goes back once the call is over', async ({ person }) => {
  const ann = await person('Ann');
  const bob = await person('Bob');
  await ann.opens('/calls');
  await expect(ann.page.getByRole('heading', { name: 'Calls' })).toBeVisible();
  await ann.presses('Back to the start');
  await talk(ann, bob);
  for (const answer of ['press', 'Escape'] as const) {
    await ann.page.goBack();
    await expect(question(ann)).toBeVisible();
    if (answer === 'press') await ann.presses('Stay');
    else await ann.page.keyboard.press('Escape');
    await expect(question(ann)).toBeHidden();
    await ann.hears(bob);
  }
  await ann.page.goBack();
  await question(ann).getByRole('button', { name: 'Hang up' }).click();
  await Promise.all([ann.isTold('Call ended'), bob.isTold('Call ended')]);
  await ann.presses('Done');
  await ann.isHome();
  await ann.page.goBack();
  await expect(ann.page.getByRole('heading', { name: 'Calls' })).toBeVisible();
});

test('who hangs up has nothing more to be asked', async ({ person }) => {
  const ann = await person('Ann');
  const bob = await person('Bob');
  await ann.presses('Create room');
  await ann.joinsRoom();
  const path = new URL(ann.page.url()).pathname;
  await ann.page.goBack();
  await expect(question(ann)).toBeVisible();
  await ann.presses('Stay');
  await expect(ann.page).toHaveURL(new RegExp(`${path}$`));
  await ann.hangsUp();
  await ann.presses('Done');
  await talk(ann, bob);
  // The other ends it while the question is open.
  await ann.page.goBack();
  await expect(question(ann)).toBeVisible();
  await bob.hangsUp();
  await ann.isTold('Call ended');
  await expect(question(ann)).toBeHidden();
});

test('closing and reloading are asked about by the browser, during a call alone', async ({ person }) => {
  const ann = await person('Ann');
  const bob = await person('Bob');
  const asked: string[] = [];
  ann.page.on('dialog', (dialog) => {
    asked.push(dialog.type());
    void dialog.dismiss();
  });
  await ann.page.reload();
  await ann.isHome();
  expect(asked).toEqual([]);
  await talk(ann, bob);
  await ann.page.evaluate(() => setTimeout(() => location.reload()));
  await expect.poll(() => asked).toEqual(['beforeunload']);
  await ann.hears(bob);
  await ann.hangsUp();
  await ann.isTold('Call ended');
  await ann.page.reload();
  expect(asked).toEqual(['beforeunload']);
});
