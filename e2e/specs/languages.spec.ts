// English and Vietnamese: which one the page speaks, and how it comes to speak the other.

import { expect, test } from '../fixtures/test.ts';
import type { Person } from '../people/person.ts';

/** The file with all texts in Vietnamese. */
const VIETNAMESE = /\/vi-[0-9a-f]{16}\.wasm$/;
/** Words of English that would be seen if a text were left behind. */
const ENGLISH = /\b(the|you|your|to|call|room|camera off|mute|hang|settings|people|lasted|connection)\b/i;

/** Opens the settings, in which the language is called so, and chooses another. */
async function chooses(person: Person, settings: string, label: string, language: string): Promise<void> {
  await person.presses(settings);
  await person.page.getByLabel(label, { exact: true }).selectOption({ label: language });
}

async function speaks(person: Person, language: 'en' | 'vi'): Promise<void> {
  await expect(person.page.locator('html')).toHaveAttribute('lang', language);
}

/** No English is left in what is shown, nor in what is read out. */
async function saysNothingInEnglish(person: Person): Promise<void> {
  const snapshot = await person.main.ariaSnapshot();
  const said = snapshot.replaceAll(/\b(Ann|Bob|Alo|--lan|http\S+)\b/g, '');
  // What stands before a name in such a snapshot is the kind of thing it is.
  const names = [...said.matchAll(/"([^"]*)"|: (.*)$/gm)].map((match) => match[1] ?? match[2] ?? '');
  expect(names.filter((name) => ENGLISH.test(name))).toEqual([]);
}

test('a browser that asks for Vietnamese gets it from the first moment', async ({ person }) => {
  const ann = await person('Ann', { at: '/', locale: 'vi-VN' });
  const headline = ann.page.locator('main p').first();
  await expect(headline).toContainText('Gọi cho những người quanh bạn');
  await speaks(ann, 'vi');
  await ann.field('Tên của bạn').fill('Ann');
  await ann.presses('Tiếp tục');
  await expect(ann.page.getByRole('heading', { name: 'Xin chào, Ann' })).toBeVisible();
  await saysNothingInEnglish(ann);

  const first = await ann.page.evaluate(() =>
    performance
      .getEntriesByType('resource')
      .map(({ name, startTime }) => ({ name, startTime }))
      .filter(({ name }) => name.endsWith('.wasm')),
  );
  expect(first.filter(({ name }) => VIETNAMESE.test(name))).toHaveLength(1);
});

test('English is never seen while Vietnamese is on its way', async ({ person }) => {
  const ann = await person('Ann', { at: 'about:blank', locale: 'vi-VN' });
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  await ann.page.route(VIETNAMESE, async (route) => {
    await held;
    await route.continue();
  });
  await ann.opens('/');
  await ann.isIn('idle');
  await expect(ann.main).toHaveText('');
  release();
  await expect(ann.field('Tên của bạn')).toBeVisible();
});

test('a page whose language does not come speaks English, says so, and can try again', async ({ person }) => {
  const ann = await person('Ann', { at: 'about:blank', locale: 'vi' });
  ann.complaints.expect(/Failed to load resource/);
  await ann.page.route(VIETNAMESE, (route) => route.abort());
  await ann.opens('/');
  await ann.givesName();
  await ann.isHome();
  await speaks(ann, 'en');
  await ann.presses('Settings');
  const told = ann.page.getByRole('status').filter({ hasText: 'could not be loaded' });
  await expect(told).toBeVisible();
  await ann.page.unroute(VIETNAMESE);
  await told.getByRole('button', { name: 'Try again' }).click();
  await speaks(ann, 'vi');
  await expect(ann.page.getByRole('heading', { name: 'Cài đặt' })).toBeVisible();
  await ann.presses('Đóng');
});

test('the choice is remembered, and goes before what the browser asks for', async ({ person }) => {
  const ann = await person('Ann');
  await chooses(ann, 'Settings', 'Language', 'Tiếng Việt');
  await speaks(ann, 'vi');
  await expect(ann.page.getByLabel('Ngôn ngữ', { exact: true }), 'the focus stays').toBeFocused();
  await ann.page.reload();
  await expect(ann.page.getByRole('heading', { name: 'Xin chào, Ann' })).toBeVisible();
  await chooses(ann, 'Cài đặt', 'Ngôn ngữ', 'English');
  await speaks(ann, 'en');
  await ann.presses('Close');
  await ann.isHome();
});

test('a call goes on while another language is chosen, and is shown in it', async ({ person }) => {
  const ann = await person('Ann');
  const bob = await person('Bob');
  await ann.videoCalls('Bob');
  await bob.acceptsWithVideo();
  await Promise.all([ann.seesAndHears(bob), bob.seesAndHears(ann)]);
  const before = await ann.traffic();

  await ann.presses('More');
  await chooses(ann, 'Settings', 'Language', 'Tiếng Việt');
  await ann.presses('Đóng');
  await expect(ann.button('Tắt micrô')).toBeVisible();
  await ann.isIn('active');
  await Promise.all([ann.seesAndHears(bob), bob.seesAndHears(ann)]);
  const after = await ann.traffic();
  expect(after.peers, 'no connection was made anew').toBe(before.peers);
  expect(after.mediaReceived).toBeGreaterThan(before.mediaReceived);
  await saysNothingInEnglish(ann);

  await ann.presses('Tắt micrô');
  await expect(ann.page.getByRole('status').filter({ hasText: 'Micrô đã tắt' })).toBeAttached();
  await expect(bob.participant('Ann')).toContainText('Microphone off');
  await ann.presses('Kết thúc');
  await ann.isIn('ended');
  await expect(ann.page.getByRole('heading', { name: 'Cuộc gọi đã kết thúc' })).toBeVisible();
  await expect(ann.page.getByText(/^Cuộc gọi kéo dài \d+\sgiây\.$/)).toBeVisible();
  await bob.isTold('Call ended');
});

test('days, times, numbers and the tab are in the language of the page', async ({ person }) => {
  const ann = await person('Ann', { at: '/', locale: 'vi-VN' });
  await ann.field('Tên của bạn').fill('Ann');
  await ann.presses('Tiếp tục');
  const bob = await person('Bob');
  await bob.voiceCalls('Ann');
  await expect(ann.page).toHaveTitle('Bob đang gọi');
  await expect(ann.page.getByRole('dialog', { name: 'Cuộc gọi đến' })).toBeVisible();
  await bob.hangsUp();
  await expect(ann.page).toHaveTitle('Alo');
  await expect(ann.page.getByRole('heading', { name: 'Cuộc gọi nhỡ' })).toBeVisible();
  await ann.presses('Xong');
  const way = ann.page.getByRole('button', { name: 'Cuộc gọi, 1 cuộc gọi nhỡ' });
  await expect(way).toBeVisible();
  await ann.page.route(/\/api\/calls\?limit=30/, (route) => route.fulfill({ json: { calls: [longAgo()] } }));
  await way.click();
  await expect(ann.page.getByRole('heading', { name: 'Thứ Tư, 15 tháng 11, 2023' })).toBeVisible();
  await expect(ann.page.getByText('1 phút 5 giây')).toBeVisible();
  await saysNothingInEnglish(ann);
});

/** A call with Bob on a Wednesday, at noon. */
function longAgo(): object {
  const placed = new Date(2023, 10, 15, 12).getTime();
  return {
    call_id: 'c_0000000000000001',
    kind: 'voice',
    placed_at: placed,
    ended_at: placed + 65_000,
    duration_ms: 65_000,
    reason: 'completed',
    participants: [
      { id: 'guest:other', name: 'Bob', status: 'placed' },
      { id: 'guest:me', name: 'Ann', status: 'accepted' },
    ],
  };
}
