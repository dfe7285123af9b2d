// What people may see and no story comes by, in both languages, to be looked at. Run with `ALBUM` alone.

import { join } from 'node:path';

import type { Page } from '@playwright/test';

import { photograph, wake } from '../fixtures/album.ts';
import { Path } from '../fixtures/path.ts';
import { ANN, BINH } from '../fixtures/portrait.ts';
import { SUITE } from '../fixtures/settings.ts';
import { type Bring, expect, test } from '../fixtures/test.ts';
import { closesChat, opensChat, writes } from '../people/exchange.ts';
import type { Person } from '../people/person.ts';
import { english, type Tongue, vietnamese } from '../people/tongue.ts';
import { hasAFolder } from '../people/tapes.ts';

const TONGUES = [
  { language: 'English', locale: 'en-GB', say: english },
  { language: 'Vietnamese', locale: 'vi-VN', say: vietnamese },
] as const;

test.describe.configure({ timeout: 300_000 });

const looks = (person: Person, view: string): Promise<void> => photograph(person.page, view, []);

/** Phones held sideways. */
async function sideways(page: Page, name: string): Promise<void> {
  const before = page.viewportSize();
  const prefix = (await page.locator('html').getAttribute('lang')) === 'vi' ? 'vi-' : '';
  for (const [width, height, colorScheme] of [[844, 390, 'light'], [667, 375, 'dark']] as const) {
    await page.setViewportSize({ width, height });
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await wake(page);
    await page.screenshot({ path: join(SUITE, 'screenshots', `${prefix}${name}-sideways-${String(width)}.png`) });
  }
  await page.emulateMedia({ colorScheme: null, reducedMotion: null });
  if (before) await page.setViewportSize(before);
}

/** Comes in their own language, to a path or the first page. */
async function comes(person: Bring, locale: string, say: Tongue, at = '/'): Promise<Person> {
  const ann = await person('Ann', { at, locale, portrait: ANN });
  await ann.field(say('Your name')).fill('Ann');
  await ann.presses(say('Continue'));
  return ann;
}

/** The page of a call that is over: what it was like, second by second. */
async function looksAtACall(ann: Person): Promise<void> {
  const each = (value: (at: number) => number | null): (number | null)[] => Array.from({ length: 120 }, (_, at) => value(at));
  const from = new Date().setHours(14, 0, 0, 0);
  const call = {
    call_id: 'c_0000000000000001',
    kind: 'video',
    placed_at: from - 5_000,
    answered_at: from - 1_000,
    connected_at: from - 500,
    ended_at: from + 1_200_000,
    duration_ms: 1_200_500,
    reason: 'completed',
    recorded: true,
    participants: [
      { id: 'guest:other', name: 'Bình', status: 'placed', joined_at: from - 5_000, left_at: from + 1_200_000 },
      { id: 'guest:me', name: 'Ann', status: 'accepted', joined_at: from - 1_000, left_at: from + 1_200_000 },
    ],
    quality: { median: { mos_x100: 437, round_trip_ms: 34, loss_permille: 0 }, worst: { mos_x100: 210 } },
    course: {
      from,
      every_ms: 10_000,
      mos_x100: each((at) => (at > 60 && at < 70 ? null : at === 30 ? 210 : 430 + (at % 9))),
      round_trip_ms: each((at) => 30 + (at % 7) * 5 + (at === 42 ? 480 : 0)),
      loss_permille: each((at) => (at === 31 ? 40 : 0)),
    },
  };
  await ann.page.route(/\/api\/calls\/c_/, (route) => route.fulfill({ json: call }));
  await ann.page.goto(`/calls/${call.call_id}`);
  await expect(ann.page.getByRole('figure').first()).toBeVisible();
  await looks(ann, 'recorded-call');
  await ann.page.getByRole('figure').first().scrollIntoViewIfNeeded();
  await looks(ann, 'recorded-call-graphs');
}

for (const { language, locale, say } of TONGUES) {
  test(`a call of two, in ${language}`, async ({ person }) => {
    const binh = await person('Bình', { at: 'about:blank', portrait: BINH });
    const ann = await person('Ann', { at: 'about:blank', locale, portrait: ANN });
    const path = await Path.between(ann, binh);
    try {
      await binh.arrives();
      await ann.opens('/');
      await ann.field(say('Your name')).fill('Ann');
      await ann.presses(say('Continue'));
      await binh.videoCalls('Ann');
      await sideways(ann.page, 'incoming');
      await ann.presses(say('Accept with video'));
      await Promise.all([ann.seesMovement(binh), binh.seesMovement(ann)]);
      await opensChat(binh);
      await writes(binh, 'Do you see me?');
      await closesChat(binh);
      await sideways(ann.page, 'video-call');
      const opened = ann.context.waitForEvent('page');
      await ann.page.locator('.control.float').click();
      const small = await opened;
      await expect(small.locator('.control.end')).toBeVisible();
      for (const colorScheme of ['light', 'dark'] as const) {
        await small.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        await wake(small);
        await small.screenshot({ path: join(SUITE, 'screenshots', `${say === english ? '' : 'vi-'}small-window-${colorScheme}.png`) });
      }
      await looks(ann, 'call-is-elsewhere');
      await ann.page.evaluate(() => window.documentPictureInPicture.window?.close());
      await ann.seesMovement(binh);

      await hasAFolder(ann);
      await ann.presses(say('More'));
      await looks(ann, 'more');
      await sideways(ann.page, 'more');
      await ann.page.locator('.entries .recording .button').click();
      await expect(ann.page.locator('.mark')).toBeVisible();
      await expect(binh.page.locator('.mark')).toBeVisible();
      await looks(ann, 'recording');
      await looks(binh, 'recorded-by-another');
      await ann.page.locator('.mark .button').click();
      await expect(ann.page.locator('.mark .round')).toBeVisible();
      await looks(ann, 'recording-saved');
      await ann.page.locator('.mark .round').click();

      [ann, binh].forEach((one) => path.loses(1, one));
      await ann.isIn('reconnecting');
      await looks(ann, 'reconnecting');
      await ann.presses(say('Hang up'));
      await looksAtACall(ann);
    } finally {
      path.close();
    }
  });

  test(`several, in ${language}`, async ({ person }) => {
    const ann = await comes(person, locale, say);
    const binh = await person('Bình', { portrait: BINH });
    const cleo = await person('Cleo', { browser: 'sharing' });
    await binh.presses('Call several');
    for (const name of ['Ann', 'Cleo']) await binh.page.getByRole('checkbox', { name }).check();
    await binh.presses('Video call');
    await expect(ann.button(say('Accept with video'))).toBeVisible();
    await looks(ann, 'group-rings');
    await ann.presses(say('Accept with video'));
    await ann.seesMovement(binh);
    await looks(ann, 'group-one-still-rings');
    await cleo.acceptsWithVideo();
    await ann.seesMovement(cleo);
    await looks(ann, 'group-of-three');
    await sideways(ann.page, 'group-of-three');
    const light = ann.page.locator('.heading .button').last();
    await light.click();
    await looks(ann, 'who-speaks-large');
    await light.click();
    await cleo.opensSlides();
    await cleo.presses('Share screen');
    await expect(ann.page.locator('.tile.screen video')).toBeVisible();
    await sideways(ann.page, 'screen-shared');
    await ann.presses(say('People'));
    await ann.page.locator('dialog[open] .row .button').first().click();
    await expect(ann.page.locator('dialog[open] .groups')).toBeAttached();
    await ann.page.locator('dialog[open] .field .button').last().click();
    await expect(ann.page.locator('dialog[open] .shared')).toBeVisible();
    await looks(ann, 'group-link');
  });

  test(`“Can I call?”, in ${language}`, async ({ person }) => {
    const ann = await comes(person, locale, say);
    await expect(ann.page.getByRole('region', { name: say('People here') })).toBeVisible();
    await ann.opens('/check');
    await ann.page.locator('main .button.main').click();
    const yes = ann.page.locator('.asked .help .button').first();
    await expect(yes).toBeVisible();
    await looks(ann, 'check-in-the-middle');
    await yes.click();
    await expect(ann.page.locator('[data-step="recording"]')).toHaveAttribute('data-result', 'runs');
    await expect(yes).toBeVisible({ timeout: 20_000 });
    await looks(ann, 'check-hears-oneself');
    await yes.click();
    await expect(ann.page.locator('[data-verdict]')).toBeVisible({ timeout: 40_000 });
    await looks(ann, 'check-at-its-end');
    await ann.opens('/');
  });
}
