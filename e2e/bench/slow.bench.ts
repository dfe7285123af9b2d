// How soon somebody with a slow phone on a poor mobile connection can press the first button, beside the smallest page
// that Leptos makes, one after the other in the same browser.

import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';

import { type Browser, chromium, expect, type Page, test } from '@playwright/test';

import { Relay } from '../fixtures/relay.ts';
import { CHROMIUM, chromiumFlags } from '../fixtures/settings.ts';
import { median, report, verdict } from './figures.ts';

/** The folder with the smallest page; whoever starts the benchmarks has built it. */
const HELLO = process.env.ALO_HELLO;

const RUNS = 9;
/** Times of the smallest page. */
const MOST = 1.3;

/** A phone with a quarter of this machine's speed, at 1.6 Mbit/s and 150 ms there and back. */
const SLOW = { cpu: 4, latency: 150, bytesPerSecond: 1_600_000 / 8 };

const TYPES: Record<string, string> = { html: 'text/html', js: 'text/javascript', wasm: 'application/wasm' };

test('the first button on a slow phone', async () => {
  if (!HELLO) throw new Error('ALO_HELLO must name the folder with the smallest page; `cargo xtask bench page` builds it');
  const [relay, hello] = [await Relay.start([]), await serve(HELLO)];
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: chromiumFlags() });
  try {
    const times = { hello: [] as number[], first: [] as number[], program: [] as number[], again: [] as number[], here: [] as number[] };
    for (let run = 0; run < RUNS; run += 1) {
      times.hello.push(await helloTakes(browser, `http://localhost:${(hello.address() as AddressInfo).port}/`));
      const { first, program, again, here } = await aloTakes(browser, `${relay.origin}/`);
      times.first.push(first);
      times.program.push(program);
      times.again.push(again);
      times.here.push(here);
    }
    const { hello: floor, first, program, again, here } = Object.fromEntries(
      Object.entries(times).map(([what, all]) => [what, median(all)]),
    ) as Record<keyof typeof times, number>;
    const line = (what: string, time: number): string =>
      `  ${what.padEnd(58)} ${time.toFixed(0).padStart(6)} ms  ${(time / floor).toFixed(2)}x`;
    report([
      `On a slow phone (${SLOW.cpu}x CPU, 1.6 Mbit/s, ${SLOW.latency} ms), medians of ${RUNS}`,
      line('The smallest Leptos page: its button works', floor),
      line('A first visit: a name can be typed, "Continue" pressed', first),
      line('A first visit: the program is there', program),
      line('Somebody who is known, nothing cached: the home page', again),
      line('The same: who is here', here),
      '',
      'Targets',
      verdict('First usable button, times the smallest page', first / floor, MOST, 'x'),
    ]);
  } finally {
    await browser.close();
    hello.close();
    await relay.stop();
  }
});

/** Milliseconds from the beginning of the navigation until the button counts. */
async function helloTakes(browser: Browser, url: string): Promise<number> {
  return slowly(browser, async (page) => {
    await page.goto(url, { waitUntil: 'commit' });
    const time = await firstMoment(page, 'button');
    await page.click('button');
    await expect(page.locator('button')).toHaveText('Hello, 1');
    return time;
  });
}

/** The same for the form of a first visit, which has to lead in with what was typed at once; until the program has taken
 * over; and for a known person's next visit, in another tab, without anything cached: until the home page is there, and
 * until it says who is here. */
async function aloTakes(browser: Browser, url: string): Promise<{ first: number; program: number; again: number; here: number }> {
  return slowly(browser, async (page) => {
    await page.goto(url, { waitUntil: 'commit' });
    const first = await firstMoment(page, 'form button');
    await page.fill('#name', 'Ann');
    await page.click('form button');
    const program = await firstMoment(page, 'main form, main .home');
    await expect(page.getByRole('heading', { name: 'Hello, Ann' })).toBeVisible();
    await page.evaluate(() => sessionStorage.clear());
    await page.goto('about:blank');
    await page.goto(url, { waitUntil: 'commit' });
    const again = await firstMoment(page, 'main .rooms .button');
    const here = await firstMoment(page, 'main .nobody, main .person:not(.waiting)');
    return { first, program, again, here };
  });
}

async function slowly<T>(browser: Browser, visit: (page: Page) => Promise<T>): Promise<T> {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, locale: 'en-GB', serviceWorkers: 'block' });
  try {
    const page = await context.newPage();
    const devtools = await context.newCDPSession(page);
    const { latency, bytesPerSecond } = SLOW;
    await devtools.send('Network.enable');
    await devtools.send('Network.setCacheDisabled', { cacheDisabled: true });
    await devtools.send('Network.emulateNetworkConditions', {
      offline: false,
      latency,
      downloadThroughput: bytesPerSecond,
      uploadThroughput: bytesPerSecond,
    });
    await devtools.send('Emulation.setCPUThrottlingRate', { rate: SLOW.cpu });
    return await visit(page);
  } finally {
    await context.close();
  }
}

/** When something is on the screen for the first time, in milliseconds of the page's own clock, looked at every frame. */
async function firstMoment(page: Page, selector: string): Promise<number> {
  const found = await page.waitForFunction(
    (selector) => {
      const element = document.querySelector(selector);
      return element?.checkVisibility() ? performance.now() : false;
    },
    selector,
    { polling: 'raf' },
  );
  return (await found.jsonValue()) as number;
}

/** Serves a folder as the relay serves its page: compressed beforehand. */
async function serve(folder: string): Promise<Server> {
  const answers = new Map<string, { type: string; body: Buffer }>();
  const server = createServer((request, response) => {
    const name = request.url === '/' ? 'index.html' : (request.url ?? '').slice(1);
    const answer = answers.get(name);
    if (!answer) return response.writeHead(404).end();
    return response.writeHead(200, { 'Content-Type': answer.type, 'Content-Encoding': 'br' }).end(answer.body);
  });
  for (const name of ['index.html', 'hello.js', 'hello_bg.wasm']) {
    const type = TYPES[name.split('.')[1] ?? ''] ?? '';
    answers.set(name, { type, body: brotliCompressSync(await readFile(join(folder, name))) });
  }
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return server;
}
