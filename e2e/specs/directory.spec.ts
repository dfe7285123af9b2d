// Who is here, and what they are doing, as a third person sees it live.

import { expect, test } from '../fixtures/test.ts';
import type { Person } from '../people/person.ts';

/** What the directory says of somebody. */
async function shows(watcher: Person, name: string, status: string): Promise<void> {
  const region = watcher.page.getByRole('region', { name: 'People here' });
  await expect(region.getByRole('listitem').filter({ hasText: name })).toContainText(status);
}

test('people come, ring, talk, and go', async ({ person }) => {
  const cleo = await person('Cleo', { camera: 2 });
  const ann = await person('Ann', { camera: 0 });
  const bob = await person('Bob', { camera: 1 });
  await Promise.all([shows(cleo, 'Ann', 'Free to talk'), shows(cleo, 'Bob', 'Free to talk')]);

  await ann.voiceCalls('Bob');
  await Promise.all([shows(cleo, 'Ann', 'Ringing'), shows(cleo, 'Bob', 'Ringing')]);
  await bob.isRungBy('Ann');
  await bob.accepts();
  await Promise.all([shows(cleo, 'Ann', 'In a call'), shows(cleo, 'Bob', 'In a call')]);

  await ann.hangsUp();
  await Promise.all([shows(cleo, 'Ann', 'Free to talk'), shows(cleo, 'Bob', 'Free to talk')]);
  await bob.page.close();
  await expect(cleo.button('Voice call Bob')).toHaveCount(0);
  await shows(cleo, 'Ann', 'Free to talk');
});

test.describe('switched off', () => {
  test.use({ relayOptions: ['--directory', 'off'] });

  test('nobody is shown, and rooms still work', async ({ person }) => {
    const ann = await person('Ann', { at: '/' });
    await ann.givesName();
    await expect(ann.button('Create room')).toBeVisible();
    const bob = await person('Bob', { at: '/' });
    await bob.givesName();
    await expect(bob.button('Create room')).toBeVisible();
    await expect(ann.page.getByRole('button', { name: /call Bob/ })).toHaveCount(0);
    expect(JSON.stringify(ann.signals.received)).not.toContain('Bob');
  });
});
