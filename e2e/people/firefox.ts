// A person with Firefox. Playwright drives only a Firefox of its own making, so this one is driven over WebDriver BiDi.

import { expect } from '@playwright/test';
import puppeteer, { type Browser, type BrowserContext, type ElementHandle, type Page } from 'puppeteer-core';

import { FIREFOX_CAMERA } from '../fixtures/camera.ts';
import { FIREFOX } from '../fixtures/settings.ts';
import { installWitness } from '../fixtures/witness.ts';
import type { CallState, Somebody } from './person.ts';
import { expectHearing, expectSight, PATIENCE } from './senses.ts';

/**
 * How long Firefox waits for the far side's first candidate before it gives a connection up, in milliseconds. It is five
 * seconds, and people take longer to answer a ring; the suite has no time to, so both are shortened.
 */
const ICE_PATIENCE = 500;

/** Fake devices that are granted without asking, and sound without a click. */
const PREFERENCES = {
  'media.peerconnection.ice.trickle_grace_period': ICE_PATIENCE,
  'media.navigator.streams.fake': true,
  'media.navigator.permission.disabled': true,
  'media.autoplay.default': 0,
};

/** Starts Firefox, which takes a few seconds. */
export function startFirefox(): Promise<Browser> {
  return puppeteer.launch({
    browser: 'firefox',
    executablePath: FIREFOX,
    headless: true,
    extraPrefsFirefox: PREFERENCES,
  });
}

export class FirefoxPerson implements Somebody {
  readonly camera = FIREFOX_CAMERA;
  private readonly complaints: string[] = [];

  private constructor(
    readonly name: string,
    private readonly context: BrowserContext,
    private readonly page: Page,
  ) {
    page.setDefaultTimeout(PATIENCE);
    page.on('console', (message) => {
      if (message.type() === 'error') this.complaints.push(message.text());
    });
    page.on('pageerror', (error) => this.complaints.push(String(error)));
  }

  /** Comes with a Firefox and nothing in it but the witness. */
  static async comes(name: string, firefox: Browser): Promise<FirefoxPerson> {
    const context = await firefox.createBrowserContext();
    const page = await context.newPage();
    await page.setViewport({ width: 1024, height: 720 });
    await page.evaluateOnNewDocument(installWitness);
    return new FirefoxPerson(name, context, page);
  }

  /** Opens the relay's page and gives their name, as on a first visit. */
  async arrives(origin: string): Promise<void> {
    await this.page.goto(origin);
    await this.page.locator(aria('textbox', 'Your name')).fill(this.name);
    await this.presses('Continue');
    await this.find('region', 'People here');
  }

  async videoCalls(other: string): Promise<void> {
    await this.presses(`Video call ${other}`);
  }

  async isRungBy(other: string): Promise<void> {
    const dialog = await this.find('dialog', 'Incoming call');
    expect(await dialog.evaluate((element) => element.textContent)).toContain(other);
  }

  /** Lets it ring for longer than the browser itself would wait. */
  async takesTheirTime(): Promise<void> {
    const since = Date.now();
    await expect.poll(() => Date.now() - since, { timeout: PATIENCE }).toBeGreaterThan(3 * ICE_PATIENCE);
  }

  async acceptsWithVideo(): Promise<void> {
    await this.presses('Accept with video');
  }

  async hangsUp(): Promise<void> {
    await this.presses('Hang up');
  }

  async isIn(state: CallState): Promise<void> {
    await this.page.waitForSelector(`main[data-call-state="${state}"]`);
  }

  async isTold(why: string): Promise<void> {
    await this.isIn('ended');
    await this.find('heading', why);
  }

  /** The other's picture moves and is theirs, and their tone is heard. */
  async seesAndHears(other: Somebody): Promise<void> {
    const group = await this.find('group', other.name);
    const who = `${this.name} perceives ${other.name}`;
    await expect(async () => {
      const video = await group.$('video');
      if (!video) throw new Error('no video');
      expectSight(await video.evaluate((element) => window.witness.look(element)), other.camera, who);
      expectHearing(await group.evaluate((element) => window.witness.listen(element)), other.camera, who);
    }).toPass({ timeout: PATIENCE });
  }

  /** The end of the story: nothing is left over, nothing was complained of. */
  async leaves(): Promise<void> {
    try {
      await expect
        .poll(() => this.page.evaluate(() => window.witness.holdings()), { message: `what ${this.name}'s page holds` })
        .toEqual({ peers: 0, tracks: 0 });
      expect(this.complaints, `complaints of ${this.name}'s page`).toEqual([]);
    } finally {
      await this.context.close();
    }
  }

  private async presses(name: string): Promise<void> {
    await this.page.locator(aria('button', name)).click();
  }

  private async find(role: string, name: string): Promise<ElementHandle<Element>> {
    const element = await this.page.waitForSelector(aria(role, name));
    if (!element) throw new Error(`no ${role} ${name}`);
    return element as ElementHandle<Element>;
  }
}

/** By what assistive technology is told of an element. */
function aria(role: string, name: string): string {
  return `::-p-aria([name="${name}"][role="${role}"])`;
}
