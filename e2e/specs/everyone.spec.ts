// Every view, in both languages: it keeps nobody out (fixtures/everyone.ts), and its picture can be looked at.

import { DESKTOP_BY_NIGHT, PHONE_BY_DAY, photograph, photographForTheReadme } from '../fixtures/album.ts';
import { ANN, BINH } from '../fixtures/portrait.ts';
import { everythingIsInReach, NARROW, ZOOMED } from '../fixtures/reach.ts';
import { ALBUM, UPDATE_PICTURE } from '../fixtures/settings.ts';
import { type Bring, type Coming, expect, test } from '../fixtures/test.ts';
import { opensChat, sends, writes } from '../people/exchange.ts';
import type { Person } from '../people/person.ts';
import { english, type Tongue, vietnamese } from '../people/tongue.ts';

const TONGUES = [
  { language: 'English', locale: 'en-GB', say: english },
  { language: 'Vietnamese', locale: 'vi-VN', say: vietnamese },
] as const;

/** People are drawn for pictures alone: it takes a few seconds to draw them. */
const drawn = (portrait: Coming['portrait']): Coming => ((ALBUM || UPDATE_PICTURE) && portrait ? { portrait } : {});

/** Each language looks in its own way, and between them all there is to be seen is seen. */
async function looks(person: Person, view: string): Promise<void> {
  const isEnglish = (await person.page.locator('html').getAttribute('lang')) === 'en';
  await photograph(person.page, view, [isEnglish ? PHONE_BY_DAY : DESKTOP_BY_NIGHT]);
  await everythingIsInReach(person.page, view, isEnglish ? ZOOMED : NARROW);
}

/** Gives their name in their own language. */
async function introduces(person: Person, say: Tongue): Promise<void> {
  await person.field(say('Your name')).fill(person.name);
  await person.presses(say('Continue'));
}

/** Comes to the first page with a browser of that language. */
async function comesHome(person: Bring, locale: string, say: Tongue): Promise<Person> {
  const ann = await person('Ann', { at: '/', locale, ...drawn(ANN) });
  await introduces(ann, say);
  await expect(ann.page.getByRole('region', { name: say('People here') })).toBeVisible();
  return ann;
}

test.describe.configure({ timeout: ALBUM || UPDATE_PICTURE ? 300_000 : 60_000 });

for (const { language, locale, say } of TONGUES) {
  test(`outside of calls, in ${language}`, async ({ person }) => {
    const ann = await person('Ann', { at: '/', locale });
    await expect(ann.field(say('Your name'))).toBeVisible();
    await looks(ann, 'first-visit');
    await introduces(ann, say);
    await expect(ann.page.getByRole('region', { name: say('People here') })).toBeVisible();
    await looks(ann, 'home-alone');
    const long = 'Maximiliane Friederike von und zu Hohenstein-Wittelsbach-Langen';
    const binh = await person('Bình');
    await person(long);
    await expect(ann.page.getByRole('listitem')).toHaveCount(2);
    await looks(ann, 'home');

    await ann.presses(say('Settings'));
    await expect(ann.page.getByLabel(say('Microphone'), { exact: true })).toBeVisible();
    await looks(ann, 'settings');
    await ann.page.getByText(say('Hints during a call')).click();
    await looks(ann, 'settings-hints');
    await ann.presses(say('Close'));
    await ann.presses(say('Call several'));
    for (const name of ['Bình', long]) await ann.page.getByRole('checkbox', { name }).check();
    await looks(ann, 'several');
    await ann.presses(say('Close'));

    await binh.voiceCalls('Ann');
    await ann.isIn('ringing');
    await binh.hangsUp();
    await ann.isIn('ended');
    await looks(ann, 'missed');
    await ann.presses(say('Done'));
    const badge = ann.page.locator('header .badge');
    await expect(badge).toHaveText('1');
    await looks(ann, 'home-with-recent-calls');

    await badge.click();
    await expect(ann.page.getByRole('heading', { name: say('Today') })).toBeVisible();
    await looks(ann, 'calls');
    await ann.page.getByRole('searchbox').fill('nobody of that name');
    await expect(ann.page.locator('.nobody')).toBeVisible();
    await looks(ann, 'calls-not-found');
    await ann.page.getByRole('searchbox').fill('');
    await ann.presses(say('Missed'));
    await ann.page.locator('.days').getByRole('link').click();
    await expect(ann.page.getByRole('heading', { name: 'Bình' })).toBeVisible();
    await looks(ann, 'one-call');
    await ann.presses(say('Delete this call'));
    await looks(ann, 'one-call-question');
    await ann.presses(say('Keep'));

    await ann.opens('/check');
    await expect(ann.page.getByRole('heading', { name: say('Can I call?') })).toBeVisible();
    await looks(ann, 'check');
    await ann.opens('/nowhere');
    await expect(ann.page.getByRole('heading')).toBeVisible();
    await looks(ann, 'not-found');
    if (language !== 'English') return;
    await ann.opens('/api/docs');
    await looks(ann, 'api');
    await ann.opens('/');
  });

  test(`a call of two, in ${language}`, async ({ person, relay }) => {
    const ann = await comesHome(person, locale, say);
    const binh = await person('Bình', drawn(BINH));
    await ann.presses(say('Voice call Bình'));
    await binh.isRungBy('Ann');
    await looks(ann, 'ringing');
    await binh.accepts();
    await ann.isIn('active');
    await looks(ann, 'voice-call');
    await binh.hangsUp();
    await ann.isIn('ended');
    await looks(ann, 'ended');
    await ann.presses(say('Done'));
    await binh.presses('Done');

    await binh.videoCalls('Ann');
    await expect(ann.button(say('Accept with video'))).toBeVisible();
    await looks(ann, 'incoming');
    await ann.presses(say('Accept with video'));
    await ann.seesMovement(binh);
    if (UPDATE_PICTURE && say === english) await photographForTheReadme(ann.page, ann.participant('Bình').locator('video'));
    await opensChat(binh);
    await writes(binh, 'https://example.org/?a=1 is what I meant.');
    await writes(binh, 'And here is the plan:');
    await sends(binh, 'A plan with quite a long name, for the whole of next year.pdf', Buffer.alloc(70_000));
    const chat = ann.page.locator('.along-controls > .control');
    await expect(chat.locator('.badge')).toHaveText('3');
    await looks(ann, 'video-call');
    await chat.click();
    await looks(ann, 'chat');
    await chat.click();
    await ann.presses(say('React or raise your hand'));
    await ann.presses(say('Raise hand'));
    await ann.presses(say('React or raise your hand'));
    await looks(ann, 'signs');
    await ann.page.keyboard.press('Escape');

    await ann.presses(say('More about Bình'));
    await ann.page.locator('summary').click();
    await expect(ann.page.locator('.plot path').first()).toHaveAttribute('d', /L/);
    await looks(ann, 'place-menu');
    await ann.page.keyboard.press('Escape');
    await ann.presses(say('People'));
    await looks(ann, 'people');
    await ann.presses(say('Close'));
    await ann.page.keyboard.press('?');
    await looks(ann, 'keys');
    await ann.presses(say('Close'));
    await ann.page.goBack();
    await expect(ann.button(say('Stay'))).toBeVisible();
    await looks(ann, 'leaving');
    await ann.presses(say('Stay'));
    await ann.presses(say('More'));
    await looks(ann, 'more');
    await ann.presses(say('Settings'));
    await looks(ann, 'settings-in-call');
    await ann.presses(say('Close'));

    const cleo = await person('Cleo');
    await cleo.voiceCalls('Ann');
    await expect(ann.page.locator('.second')).toBeVisible();
    await looks(ann, 'second-call');
    await ann.page.locator('.second .main').click();
    await expect(ann.page.locator('.held-call')).toBeVisible();
    await looks(ann, 'held-call');
    await cleo.hangsUp();
    await expect(ann.page.locator('.on-hold')).toBeVisible();
    await looks(ann, 'on-hold');
    await ann.page.locator('.on-hold .main').click();
    await ann.seesMovement(binh);
    await ann.presses(say('Mute microphone'));
    await ann.presses(say('Turn camera off'));
    await binh.turnsCameraOff();
    await expect(ann.participant('Bình').locator('video')).toBeHidden();
    await looks(ann, 'without-pictures');

    for (const one of [ann, binh, cleo]) one.complaints.expect(/WebSocket|ERR_CONNECTION_REFUSED|api/);
    await relay.stop();
    await expect(ann.page.locator('.lost-place .chip')).toBeVisible();
    await looks(ann, 'relay-lost');
    await ann.presses(say('Hang up'));
  });

  test(`a room, in ${language}`, async ({ person }) => {
    const binh = await person('Bình', drawn(BINH));
    await binh.presses('Create room');
    await binh.joinsRoom();
    await binh.presses('People');
    await binh.page.getByRole('switch', { name: 'Waiting room' }).check();
    await binh.presses('Close');
    const path = new URL(binh.page.url()).pathname;

    const ann = await person('Ann', { at: path, locale, ...drawn(ANN) });
    await expect(ann.field(say('Your name'))).toBeVisible();
    await looks(ann, 'invited');
    await introduces(ann, say);
    await expect(ann.button(say('Join room'))).toBeVisible();
    await looks(ann, 'before-the-room');
    await ann.presses(say('Join room'));
    await expect(binh.page.getByText('Ann knocks')).toBeVisible();
    await looks(ann, 'at-the-door');
    await binh.presses('Let in Ann');
    await ann.seesMovement(binh);
    await binh.hangsUp();
    await expect(ann.participant('Bình')).toHaveCount(0);
    await looks(ann, 'room-alone');

    const cleo = await person('Cleo', { at: path, browser: 'sharing' });
    await cleo.givesName();
    await cleo.presses('Join room');
    await expect(ann.page.locator('.knocking .line')).toBeVisible();
    await looks(ann, 'knock');
    await ann.page.locator('.knocking .main').click();
    await binh.presses('Join room');
    await binh.joinsRoom();
    await Promise.all([ann.seesMovement(binh), ann.seesMovement(cleo)]);
    await looks(ann, 'three');
    await ann.participant('Bình').dblclick();
    await looks(ann, 'three-one-large');
    await cleo.opensSlides();
    await cleo.presses('Share screen');
    await expect(ann.page.locator('.tile.screen video')).toBeVisible();
    await looks(ann, 'screen-shared');
    await binh.hangsUp();
    await expect(ann.participant('Bình')).toHaveCount(0);
    await ann.presses(say('People'));
    await looks(ann, 'host-people');
    await ann.presses(say('Close'));
    await ann.presses(say('Hang up'));
    await looks(ann, 'left-the-room');
  });
}
