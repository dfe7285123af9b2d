// The history of calls: what real calls leave in it, and what can be done with it.

import { readFile } from 'node:fs/promises';

import type { Locator } from '@playwright/test';

import { photograph } from '../fixtures/album.ts';
import { expect, test } from '../fixtures/test.ts';
import type { Person } from '../people/person.ts';

/** The rows of the list, the last call first. */
function rows(person: Person): Locator {
  return person.page.locator('.days').getByRole('listitem');
}

/** The button that leads to the history, with what it says of missed calls. */
function way(person: Person): Locator {
  return person.page.getByRole('button', { name: /^Calls/ });
}

async function opensHistory(person: Person): Promise<void> {
  if (await person.button('Done').isVisible()) await person.presses('Done');
  await way(person).click();
  await expect(person.page.getByRole('heading', { name: 'Calls' })).toBeFocused();
}

/** Ann rings Bob, they talk for a moment, and Ann hangs up. */
async function talk(ann: Person, bob: Person, kind: 'voice' | 'video'): Promise<void> {
  await (kind === 'video' ? ann.videoCalls(bob.name) : ann.voiceCalls(bob.name));
  await (kind === 'video' ? bob.acceptsWithVideo() : bob.accepts());
  await ann.hears(bob);
  await ann.hangsUp();
  await bob.isTold('Call ended');
  for (const person of [ann, bob]) await person.presses('Done');
}

/** Ann rings Bob and thinks better of it. */
async function ringInVain(ann: Person, bob: Person): Promise<void> {
  await ann.voiceCalls(bob.name);
  await bob.isRungBy(ann.name);
  await ann.hangsUp();
  await bob.isNotRung();
  for (const person of [ann, bob]) if (await person.button('Done').isVisible()) await person.presses('Done');
}

test('calls are listed, filtered, searched, and called back from', async ({ person }) => {
  const ann = await person('Ann');
  const bob = await person('Bob');
  await talk(ann, bob, 'video');
  await ringInVain(ann, bob);
  await expect(way(bob), 'one call is missed').toHaveAccessibleName('Calls, 1 missed');
  await opensHistory(bob);
  await expect(bob.page.getByRole('heading', { name: 'Today' })).toBeVisible();
  await expect(rows(bob)).toHaveCount(2);
  await expect(rows(bob).nth(0)).toContainText('Missed voice call');
  await expect(rows(bob).nth(1)).toContainText('Incoming video call');
  await expect(bob.page.getByRole('status').filter({ hasText: '2 calls are shown' })).toBeAttached();

  await bob.presses('Missed');
  await expect(rows(bob)).toHaveCount(1);
  await expect(bob.button('Missed')).toHaveAttribute('aria-pressed', 'true');
  await bob.presses('Video');
  await expect(rows(bob).filter({ hasText: 'Incoming video call' })).toHaveCount(1);
  await bob.presses('All');
  await expect(rows(bob)).toHaveCount(2);
  await bob.page.getByRole('searchbox', { name: 'Search by name' }).fill('nobody of that name');
  await expect(bob.page.getByText('No call is like that')).toBeVisible();
  await bob.page.getByRole('searchbox').fill('ánn');
  await expect(rows(bob), 'accents do not matter').toHaveCount(2);

  await rows(bob).nth(0).getByRole('button', { name: 'Voice call Ann' }).click();
  await ann.isRungBy('Bob');
  await ann.declines();
  await bob.isTold('They declined');
  await bob.presses('Done');
  await expect(way(bob), 'what was looked at is not counted again').toHaveAccessibleName('Calls');
});

test('a call has a page of its own, from which it can be deleted', async ({ person }) => {
  const ann = await person('Ann');
  const bob = await person('Bob');
  await talk(ann, bob, 'voice');
  await opensHistory(ann);
  await rows(ann).first().getByRole('link').click();
  await expect(ann.page).toHaveURL(/\/calls\/[\w-]+$/);
  await expect(ann.page.getByRole('heading', { name: 'Bob' })).toBeFocused();
  await expect(ann.page.getByText('Outgoing voice call')).toBeVisible();
  await expect(ann.page.getByRole('definition').filter({ hasText: /^\d+\ss$/ })).toBeVisible();
  await expect(ann.page.getByRole('listitem').filter({ hasText: 'Bob' })).toContainText('Answered');
  await ann.page.reload();
  await expect(ann.page.getByRole('heading', { name: 'Bob' })).toBeVisible();

  await ann.presses('Delete this call');
  await ann.presses('Keep');
  await expect(ann.page.getByRole('heading', { name: 'Bob' })).toBeVisible();
  const gone = ann.page.url();
  await ann.presses('Delete this call');
  await ann.presses('Delete');
  await expect(ann.page).toHaveURL(/\/calls$/);
  await expect(ann.page.getByText('No calls yet')).toBeVisible();
  ann.complaints.expect(/404/);
  await ann.page.goto(gone);
  await ann.isAlerted(/no such call/);

  await opensHistory(bob);
  await expect(rows(bob), 'the others keep it').toHaveCount(1);
});

test('all calls are saved as a file, and deleted', async ({ person }) => {
  const ann = await person('Ann');
  const bob = await person('Bob');
  await talk(ann, bob, 'voice');
  await ringInVain(bob, ann);
  await opensHistory(ann);
  await expect(rows(ann)).toHaveCount(2);
  const [saved] = await Promise.all([ann.page.waitForEvent('download'), ann.presses('Save as a file')]);
  expect(saved.suggestedFilename()).toBe('alo-calls.json');
  const { calls } = JSON.parse(await readFile(await saved.path(), 'utf8')) as { calls: { reason: string }[] };
  expect(calls.map((call) => call.reason)).toEqual(['cancelled', 'completed']);

  await ann.presses('Delete all');
  await ann.page.keyboard.press('Escape');
  await expect(rows(ann)).toHaveCount(2);
  await ann.presses('Delete all');
  await ann.presses('Delete');
  await expect(ann.page.getByText('No calls yet')).toBeVisible();
  await ann.page.reload();
  await expect(ann.page.getByText('No calls yet')).toBeVisible();
});

test('earlier calls come when the end of the list comes near', async ({ person }) => {
  const ann = await person('Ann');
  const pages = [
    { calls: past(0, 30), next: 'first' },
    { calls: past(30, 60), next: 'second' },
    { calls: past(60, 70) },
  ];
  const asked: string[] = [];
  await ann.page.route(/\/api\/calls\?limit=30/, async (route) => {
    const before = new URL(route.request().url()).searchParams.get('before') ?? '';
    asked.push(before);
    await route.fulfill({ json: pages[['', 'first', 'second'].indexOf(before)] });
  });
  await opensHistory(ann);
  await expect(rows(ann)).toHaveCount(30);
  expect(asked, 'nothing is asked for before anybody scrolls').toEqual(['']);
  await rows(ann).last().scrollIntoViewIfNeeded();
  await expect(rows(ann)).toHaveCount(60);
  await ann.button('Show earlier calls').focus();
  await expect(rows(ann)).toHaveCount(70);
  await expect(ann.button('Show earlier calls')).toBeHidden();
  expect(asked).toEqual(['', 'first', 'second']);
});

test('a history that cannot be read is said in words', async ({ person }) => {
  const ann = await person('Ann');
  ann.complaints.expect(/Failed to load resource/);
  const calls = /\/api\/calls\?limit=30/;
  await ann.page.route(calls, (route) => route.abort());
  await opensHistory(ann);
  await ann.isAlerted(/did not answer/);
  await ann.page.unroute(calls);
  await ann.page.route(calls, (route) => route.fulfill({ status: 503, json: { code: 'unavailable', message: 'x' } }));
  await ann.presses('Try again');
  await ann.isAlerted(/cannot get at its history/);
  await ann.page.unroute(calls);
  await ann.presses('Try again');
  await expect(ann.page.getByText('No calls yet')).toBeVisible();
});

test('a history whose newest calls are missing says so', async ({ person }) => {
  const ann = await person('Ann');
  const calls = /\/api\/calls\?limit=30/;
  await ann.page.route(calls, (route) => route.fulfill({ json: { calls: past(0, 2), behind: true } }));
  await opensHistory(ann);
  const told = ann.page.getByRole('status').filter({ hasText: /newest calls are not saved yet/ });
  await expect(told).toBeVisible();
  await photograph(ann.page, 'history-behind');
  await ann.page.unroute(calls);
  await ann.presses('Missed');
  await expect(told).toHaveCount(0);
});

/** Calls with somebody on one day, as the relay tells of them. */
function past(from: number, to: number): object[] {
  return Array.from({ length: to - from }, (_, at) => ({
    call_id: `c_${String(from + at).padStart(16, '0')}`,
    kind: 'voice',
    placed_at: 1_700_000_000_000 - (from + at) * 60_000,
    ended_at: 1_700_000_030_000 - (from + at) * 60_000,
    duration_ms: 30_000,
    reason: 'completed',
    participants: [
      { id: 'guest:other', name: 'Bình', status: 'placed' },
      { id: 'guest:me', name: 'Ann', status: 'accepted' },
    ],
  }));
}
