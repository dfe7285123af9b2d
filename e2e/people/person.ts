// A person with a browser: what they do and what they notice, in the words of the person.

import { type BrowserContext, expect, type Locator, type Page } from '@playwright/test';

import type { Camera } from '../fixtures/camera.ts';
import { Complaints } from '../fixtures/complaints.ts';
import { Signals } from '../fixtures/signals.ts';
import type { Sending, Traffic } from '../fixtures/witness.ts';
import { expectNoPicture, expectPicture, expectSilence, expectSound } from './senses.ts';

/** The values of the main element's `data-call-state`. */
export type CallState = 'idle' | 'ringing' | 'connecting' | 'active' | 'reconnecting' | 'ended';

/** Who somebody is for those who look and listen. */
export interface Somebody {
  readonly name: string;
  readonly camera: Camera;
}

export class Person implements Somebody {
  readonly complaints: Complaints;
  readonly signals: Signals;
  readonly main: Locator;
  readonly incoming: Locator;
  /** The card of a second call while in one. */
  readonly second: Locator;

  constructor(
    readonly name: string,
    readonly camera: Camera,
    readonly page: Page,
    readonly context: BrowserContext,
  ) {
    this.complaints = new Complaints(name, page);
    this.signals = new Signals(page);
    this.main = page.getByRole('main');
    this.incoming = page.getByRole('dialog', { name: 'Incoming call' });
    this.second = page.getByRole('region', { name: 'Another call' });
  }

  // Coming in.

  /** Opens a page of the relay, `/` or a room's. */
  async opens(path: string): Promise<void> {
    await this.page.goto(path);
  }

  /** Says their name when asked. */
  async givesName(): Promise<void> {
    await this.field('Your name').fill(this.name);
    await this.presses('Continue');
  }

  /** Opens the page and gives their name, as on a first visit. */
  async arrives(): Promise<void> {
    await this.opens('/');
    await this.givesName();
    await this.isHome();
  }

  async isHome(): Promise<void> {
    await expect(this.page.getByRole('region', { name: 'People here' })).toBeVisible();
    await this.isIn('idle');
  }

  /** Answers every question of the browser for a device with no, now and later. */
  async deniesDevices(): Promise<void> {
    // Whatever is not granted to a page is denied to it.
    await this.context.grantPermissions([], { origin: new URL(this.page.url()).origin });
  }

  // Calling.

  async voiceCalls(other: string): Promise<void> {
    await this.presses(`Voice call ${other}`);
  }

  async videoCalls(other: string): Promise<void> {
    await this.presses(`Video call ${other}`);
  }

  /** The dialog is there and says who rings. */
  async isRungBy(other: string): Promise<void> {
    await expect(this.incoming).toBeVisible();
    await expect(this.incoming).toContainText(other);
  }

  async isNotRung(): Promise<void> {
    await expect(this.incoming).toBeHidden();
  }

  async accepts(): Promise<void> {
    await this.incoming.getByRole('button', { name: 'Accept', exact: true }).click();
  }

  async acceptsWithVideo(): Promise<void> {
    await this.incoming.getByRole('button', { name: 'Accept with video', exact: true }).click();
  }

  async declines(): Promise<void> {
    await this.incoming.getByRole('button', { name: 'Decline', exact: true }).click();
  }

  /** Somebody rings while a call goes on. */
  async isRungMeanwhileBy(other: string): Promise<void> {
    await expect(this.second).toBeVisible();
    await expect(this.second).toContainText(other);
    await this.isNotRung();
  }

  /** Answers a second call: what becomes of the first is on the button. */
  async answersSecond(how: 'Hold and accept' | 'End and accept' | 'Leave and accept' | 'Decline'): Promise<void> {
    await this.second.getByRole('button', { name: how, exact: true }).click();
    await expect(this.second).toBeHidden();
  }

  /** Puts the call with somebody on hold. */
  async holds(other: string): Promise<void> {
    await this.presses(`More about ${other}`);
    await this.presses('Put on hold');
  }

  async hangsUp(): Promise<void> {
    await this.presses('Hang up');
  }

  /** Goes into a room from the page before it. */
  async joinsRoom(): Promise<void> {
    await this.presses('Join room');
    await this.isIn('active');
  }

  // In a call.

  async mutes(): Promise<void> {
    await this.presses('Mute microphone');
  }

  async unmutes(): Promise<void> {
    await this.presses('Unmute microphone');
  }

  async turnsCameraOff(): Promise<void> {
    await this.presses('Turn camera off');
  }

  async turnsCameraOn(): Promise<void> {
    await this.presses('Turn camera on');
  }

  /** Waits until the page shows that state. */
  async isIn(state: CallState): Promise<void> {
    await expect(this.main, `${this.name}'s call`).toHaveAttribute('data-call-state', state);
  }

  /** The call's page is there with that heading, which says why it is over. */
  async isTold(why: string): Promise<void> {
    await this.isIn('ended');
    await expect(this.page.getByRole('heading', { name: why })).toBeVisible();
  }

  async callId(): Promise<string> {
    return (await this.main.getAttribute('data-call-id')) ?? '';
  }

  /** The place of another participant in the call. */
  participant(name: string): Locator {
    return this.page.getByRole('group', { name, exact: true });
  }

  async sees(other: Somebody): Promise<void> {
    await expectPicture(this.participant(other.name), other.camera, `${this.name} sees ${other.name}`);
  }

  /** The picture arrives as large as the other's camera takes it: they have found out what the path carries. */
  async seesFullPictureOf(other: Person): Promise<void> {
    const tracks = await other.page.evaluate(() => window.witness.openTracks());
    const taken = Math.max(...tracks.map((track) => track.width));
    expect(taken, `${other.name}'s camera is open`).toBeGreaterThan(0);
    const video = this.participant(other.name).locator('video');
    const arriving = (): Promise<number> => video.evaluate((element: HTMLVideoElement) => element.videoWidth);
    await expect.poll(arriving, { message: `${this.name} sees all of ${other.name}'s picture` }).toBe(taken);
  }

  async hears(other: Somebody): Promise<void> {
    await expectSound(this.participant(other.name), other.camera, `${this.name} hears ${other.name}`);
  }

  async doesNotSee(other: Somebody): Promise<void> {
    await expectNoPicture(this.participant(other.name), `${this.name} sees ${other.name} no more`);
  }

  async doesNotHear(other: Somebody): Promise<void> {
    await expectSilence(this.participant(other.name), `${this.name} hears ${other.name} no more`);
  }

  /** What the page sends to somebody, or to everybody together. */
  async sends(to?: Somebody): Promise<Sending> {
    if (!to) return this.page.evaluate(() => window.witness.sending());
    return this.participant(to.name).evaluate((element) => window.witness.sending(element));
  }

  /** Looks into another tab, or comes back. The browser without a screen has all of its tabs in front. */
  async turnsAway(away: boolean): Promise<void> {
    await this.page.evaluate((state) => {
      Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => state });
      document.dispatchEvent(new Event('visibilitychange'));
    }, away ? 'hidden' : 'visible');
  }

  /**
   * Opens another tab, which a sharing browser takes when it is asked for a screen: orange, with a white bar that moves, and
   * with a tone of so many hertz, if one is named.
   */
  async opensSlides(tone?: number): Promise<void> {
    const page = await this.context.newPage();
    await page.setContent(`<title>Alo test slides</title><body style="margin:0;background:rgb(230,120,0);overflow:hidden">
      <div style="position:absolute;inset:0 auto 0 0;width:8%;background:white"></div>`);
    await page.evaluate(() => {
      const bar = document.querySelector('div');
      let at = 0;
      setInterval(() => {
        at = (at + 3) % 90;
        if (bar) bar.style.left = `${at}%`;
      }, 50);
    });
    if (tone !== undefined) await page.evaluate(play, tone);
    await this.page.bringToFront();
  }

  /** Some moving picture, whoever's: for pictures that no camera of the suite made. */
  async seesMovement(other: Somebody): Promise<void> {
    await expectPicture(this.participant(other.name), { ...other.camera, rgb: undefined }, `${this.name} sees ${other.name}`);
  }

  /** Both of them, at the same time. */
  async seesAndHears(other: Somebody): Promise<void> {
    await Promise.all([this.sees(other), this.hears(other)]);
  }

  /** The page says something that needs attention. */
  async isAlerted(words: RegExp): Promise<void> {
    await expect(this.page.getByRole('alert').filter({ hasText: words })).toBeVisible();
  }

  // Small things.

  field(name: string): Locator {
    return this.page.getByRole('textbox', { name, exact: true });
  }

  button(name: string): Locator {
    return this.page.getByRole('button', { name, exact: true });
  }

  async presses(name: string): Promise<void> {
    // A hand on the mouse brings back what stepped aside while nothing moved.
    await this.page.mouse.move(1, 1);
    await this.page.mouse.move(3, 3);
    await this.button(name).click();
  }

  /** In a call the settings are behind what else there is. */
  async opensSettings(): Promise<void> {
    await this.presses('More');
    await this.presses('Settings');
  }

  /** The kinds of the devices that are open, `audio` before `video`; a device that the page reads twice is one. */
  async opened(): Promise<string[]> {
    const tracks = await this.page.evaluate(() => window.witness.openTracks());
    const devices = new Map(tracks.map((track) => [`${track.kind} ${track.device}`, track.kind]));
    return [...devices.values()].sort();
  }

  /** What passed through the page's peer connections so far. */
  traffic(): Promise<Traffic> {
    return this.page.evaluate(() => window.witness.traffic());
  }

  /** The list of recent calls tells of a call that nobody took. */
  async hasMissedCallFrom(other: string): Promise<void> {
    if (await this.button('Done').isVisible()) await this.presses('Done');
    await expect(this.page.getByRole('listitem').filter({ hasText: other }).filter({ hasText: 'Missed call' })).toBeVisible();
  }

  /**
   * Presses a button at a moment of the machine's clock, which all pages share, if one of that name is there then: a view
   * that was made anew meanwhile has another.
   */
  async pressesAt(moment: number, name: string): Promise<void> {
    await this.button(name).evaluate(
      (button: HTMLElement, at) =>
        new Promise<void>((resolve) => {
          const nameOf = (one: Element): string | null => one.getAttribute('aria-label') ?? one.textContent;
          const name = nameOf(button);
          setTimeout(() => {
            const all = [...document.querySelectorAll('button')];
            (button.isConnected ? button : all.find((other) => nameOf(other) === name))?.click();
            resolve();
          }, at - Date.now());
        }),
      moment,
    );
  }

  /** Every peer connection is closed and every track stopped. */
  async holdsNothing(): Promise<void> {
    await expect
      .poll(() => this.page.evaluate(() => window.witness.holdings()), { message: `what ${this.name}'s page holds` })
      .toEqual({ peers: 0, tracks: 0 });
  }

  /** The end of the story: whoever is in a call leaves it, and then nothing may be left over. */
  async leaves(): Promise<void> {
    if (this.page.isClosed()) return;
    // In whichever language; there may be a call on hold behind the first. The button may go at any moment, because the
    // others leave too, so nobody waits for it.
    await expect(async () => {
      const pressed = await this.page.locator('.control.end').evaluateAll((buttons) => {
        const seen = buttons.filter((button) => button.checkVisibility()) as HTMLElement[];
        for (const button of seen) button.click();
        return seen.length;
      });
      expect(pressed).toBe(0);
    }).toPass();
    await this.holdsNothing();
    this.complaints.assertNone();
  }
}

/** Runs in a page: plays a tone. */
function play(tone: number): void {
  const context = new AudioContext();
  const [oscillator, volume] = [new OscillatorNode(context, { frequency: tone }), new GainNode(context, { gain: 0.3 })];
  oscillator.connect(volume).connect(context.destination);
  oscillator.start();
}
