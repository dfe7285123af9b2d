// What is loaded when it is first wanted: when it comes, and what is said when it does not.

import type { Page } from '@playwright/test';

import { expect, test } from '../fixtures/test.ts';

/** The files of the part around a call. */
const ASIDE = /\/aside-[0-9a-f]{16}\.(wasm|css)$/;

/** The files of a part that the page has asked for so far. */
function asked(page: Page, part: RegExp): string[] {
  const files: string[] = [];
  page.on('request', (request) => {
    const path = new URL(request.url()).pathname;
    if (part.test(path)) files.push(path);
  });
  return files;
}

test('the settings are loaded when they are opened, once', async ({ person }) => {
  const ann = await person('Ann');
  const files = asked(ann.page, ASIDE);
  await ann.presses('Settings');
  await expect(ann.page.getByLabel('Microphone', { exact: true })).toBeVisible();
  expect(files.map((file) => file.split('.')[1]).sort()).toEqual(['css', 'wasm']);
  await ann.presses('Close');
  await ann.presses('Settings');
  await expect(ann.page.getByLabel('Microphone', { exact: true })).toBeVisible();
  expect(files).toHaveLength(2);
  await ann.presses('Close');
});

test('a part that does not come is said in words and can be asked for again', async ({ person }) => {
  const ann = await person('Ann');
  ann.complaints.expect(/Failed to load resource/);
  await ann.page.route(ASIDE, (route) => route.abort());
  await ann.presses('Settings');
  await ann.isAlerted(/could not be loaded/);
  // The relay has another version by now, which does not know this file.
  await ann.page.unroute(ASIDE);
  await ann.page.route(ASIDE, (route) => route.fulfill({ status: 404 }));
  await ann.presses('Try again');
  await ann.isAlerted(/could not be loaded/);
  await ann.page.unroute(ASIDE);
  await ann.presses('Try again');
  await expect(ann.page.getByLabel('Microphone', { exact: true })).toBeVisible();
  await ann.presses('Close');
});

test('what is shown when a call is over is there, even if the network is not', async ({ person }) => {
  const ann = await person('Ann');
  const bob = await person('Bob');
  const files = asked(ann.page, ASIDE);
  await ann.videoCalls('Bob');
  await bob.acceptsWithVideo();
  await Promise.all([ann.seesAndHears(bob), bob.seesAndHears(ann)]);
  await expect.poll(() => files.length, { message: 'it is loaded while they talk' }).toBe(2);
  await ann.page.route(ASIDE, (route) => route.abort());
  await ann.hangsUp();
  await ann.isTold('Call ended');
});
