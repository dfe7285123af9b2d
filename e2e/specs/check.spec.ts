// "Can I call?": everything a call needs is tried, and ends in one sentence with one remedy.

import { photograph } from '../fixtures/album.ts';
import { expect, test } from '../fixtures/test.ts';
import type { Person } from '../people/person.ts';

/** What came of each step so far, by its name. */
function results(person: Person): Promise<Record<string, string>> {
  return person.page.evaluate(() =>
    Object.fromEntries(
      [...document.querySelectorAll<HTMLElement>('[data-step]')].map(({ dataset }) => [dataset.step, dataset.result]),
    ),
  );
}

async function opensTheCheck(person: Person): Promise<void> {
  await person.presses('Settings');
  await person.page.getByRole('link', { name: 'Can I call?' }).click();
  await expect(person.page).toHaveURL(/\/check$/);
  await expect(person.page.getByRole('heading', { name: 'Can I call?' })).toBeFocused();
}

test('with everything in its place one can call', async ({ person }) => {
  const ann = await person('Ann');
  await opensTheCheck(ann);
  await ann.presses('Start');
  await expect(ann.page.locator('[data-step="recording"]')).toHaveAttribute('data-result', 'runs');
  await expect(ann.page.getByText('Say something now')).toBeVisible();
  await expect(ann.page.getByText('Did you hear yourself?')).toBeVisible();
  await photograph(ann.page, 'check-question');
  await ann.presses('Yes');
  await expect(ann.page.locator('[data-verdict]')).toContainText('You can call.', { timeout: 40_000 });
  const { stun, turn, ...rest } = await results(ann);
  expect([...new Set(Object.values(rest))], JSON.stringify(rest)).toEqual(['passed']);
  expect([stun, turn], 'nothing is set up').toEqual(['skipped', 'skipped']);
  await expect(ann.page.locator('[data-step="media"]')).toContainText(/kb\/s · .* · Direct, in the same network/);
  await photograph(ann.page, 'check-fine');

  const origin = new URL(ann.page.url()).origin;
  await ann.context.grantPermissions(['microphone', 'camera', 'clipboard-read', 'clipboard-write'], { origin });
  await ann.presses('Copy the report');
  await expect(ann.page.getByRole('status').filter({ hasText: /^Copied$/ })).toBeVisible();
  const report = await ann.page.evaluate(() => navigator.clipboard.readText());
  expect(report).toMatch(/^Connection to the server: works \d+/m);
  expect(report).toMatch(/^Call with yourself: works \d/m);

  await ann.presses('Go to the start');
  await ann.isHome();
});

test('whoever does not hear themselves is told what to do', async ({ person }) => {
  const ann = await person('Ann');
  await opensTheCheck(ann);
  await ann.presses('Start');
  await ann.presses('No');
  await expect(ann.page.locator('[data-verdict]')).toContainText('You did not hear yourself.', { timeout: 40_000 });
  expect((await results(ann)).speaker).toBe('failed');
  await ann.page.locator('[data-verdict]').getByRole('button', { name: 'Settings' }).click();
  await expect(ann.page.getByLabel('Speaker', { exact: true })).toBeVisible();
  await ann.presses('Close');
  await ann.presses('Go to the start');
});

test('a microphone that is denied is found, with the remedy', async ({ person }) => {
  const ann = await person('Ann', { browser: 'asking' });
  await ann.deniesDevices();
  await opensTheCheck(ann);
  await ann.presses('Start');
  const verdict = ann.page.locator('[data-verdict]');
  await expect(verdict).toContainText('The microphone is blocked, so nobody can hear you', { timeout: 40_000 });
  await expect(verdict).toContainText('allow it for this page');
  const { browser, socket, reconnect, microphone, recording, camera, media } = await results(ann);
  expect([browser, socket, reconnect]).toEqual(['passed', 'passed', 'passed']);
  expect([microphone, recording, camera, media]).toEqual(['failed', 'skipped', 'failed', 'skipped']);
  await photograph(ann.page, 'check-denied');
  await ann.presses('Go to the start');
});
