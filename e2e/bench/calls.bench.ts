// How long somebody waits for a picture: from dialling, and from accepting, in the real page over the real relay,
// beside two connections in one page. Each run is one of each, so that whatever else the machine does falls on all.

import { type Browser, chromium, expect, type Page, test } from '@playwright/test';

import { CHROMIUM_CAMERA } from '../fixtures/camera.ts';
import { Relay } from '../fixtures/relay.ts';
import { CHROMIUM, chromiumFlags } from '../fixtures/settings.ts';
import { Person } from '../people/person.ts';
import { median, quantile, report, verdict } from './figures.ts';
import { type Floor, measureFloor, openFloor } from './floor.ts';
import { installStopwatch } from './stopwatch.ts';

/** Runs that count (`BENCH_RUNS`); one more before them warms up. */
const RUNS = Number(process.env.BENCH_RUNS ?? 21);
/** How long somebody looks at the ringing telephone before they accept, in milliseconds. */
const HESITATION = 1_000;

/** What one run measured, in milliseconds. */
interface Run {
  readonly floor: Floor;
  readonly dialled: number;
  readonly accepted: number;
}

test('waiting for the first picture', async () => {
  const relay = await Relay.start(['--rings-per-minute', '0']);
  const flags = [...chromiumFlags(), '--use-fake-ui-for-media-stream'];
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: flags });
  try {
    const [ann, bob, floor] = await Promise.all([come(browser, relay, 'Ann'), come(browser, relay, 'Bob'), openFloor(browser)]);
    await Promise.all([ann.isHome(), bob.isHome()]);
    const runs: Run[] = [];
    for (let number = 0; number <= RUNS; number += 1) {
      const run = await measure(ann, bob, floor);
      if (number > 0) runs.push(run);
    }
    expect(runs).toHaveLength(RUNS);
    report(describe(runs));
  } finally {
    await browser.close();
    await relay.stop();
  }
});

/** Somebody who has been here before: their browser knows that the page may use camera and microphone. */
async function come(browser: Browser, relay: Relay, name: string): Promise<Person> {
  const context = await browser.newContext({ baseURL: relay.origin, viewport: { width: 1024, height: 720 }, locale: 'en-GB' });
  await context.grantPermissions(['camera', 'microphone'], { origin: relay.origin });
  await context.addInitScript(installStopwatch);
  const person = new Person(name, CHROMIUM_CAMERA, await context.newPage(), context);
  await person.arrives();
  return person;
}

async function measure(ann: Person, bob: Person, floor: Page): Promise<Run> {
  return {
    floor: await floor.evaluate(measureFloor),
    dialled: await dial(ann, bob),
    accepted: await accept(ann, bob),
  };
}

/** From the caller's press to the callee's picture, with a callee who accepts as soon as it rings. */
async function dial(ann: Person, bob: Person): Promise<number> {
  await bob.page.evaluate(() => window.stopwatch.pressInDialog('Accept with video', 'Ann'));
  await press(ann, 'Bob');
  const waited = await ann.page.evaluate(() => window.stopwatch.frame());
  await part(ann, bob);
  return waited;
}

/** From the callee's press to the caller's picture, after it has rung for a moment. */
async function accept(ann: Person, bob: Person): Promise<number> {
  await press(ann, 'Bob');
  await bob.isRungBy('Ann');
  await bob.page.waitForTimeout(HESITATION);
  const button = bob.incoming.getByRole('button', { name: 'Accept with video', exact: true });
  await button.evaluate((element: HTMLElement) => window.stopwatch.press(element, 'Ann'));
  const waited = await bob.page.evaluate(() => window.stopwatch.frame());
  await part(ann, bob);
  return waited;
}

/** In the page, so that the way from this process to the browser does not count. */
async function press(ann: Person, name: string): Promise<void> {
  await ann.button(`Video call ${name}`).evaluate((button: HTMLElement, who) => window.stopwatch.press(button, who), name);
}

async function part(ann: Person, bob: Person): Promise<void> {
  await ann.hangsUp();
  await Promise.all([ann.isIn('ended'), bob.isIn('ended')]);
  for (const person of [ann, bob]) {
    await person.presses('Done');
    await person.isHome();
  }
}

function describe(runs: readonly Run[]): string[] {
  const devices = runs.map((run) => run.floor.devices);
  const connecting = runs.map((run) => run.floor.connecting);
  const whole = runs.map((run) => run.floor.devices + run.floor.connecting);
  const dialled = runs.map((run) => run.dialled);
  const accepted = runs.map((run) => run.accepted);
  const row = (name: string, values: readonly number[]): string => {
    const [half, most] = [median(values), quantile(values, 0.9)].map((value) => value.toFixed(0).padStart(6));
    return `  ${name.padEnd(58)} ${half} ms ${most} ms`;
  };
  return [
    `Waiting for the first picture, ${runs.length} runs          ${' '.repeat(18)}median     9 in 10`,
    row('two connections in one page: opening camera and microphone', devices),
    row('two connections in one page: connecting', connecting),
    row('two connections in one page: both', whole),
    row('from dialling, the callee accepting at once', dialled),
    row(`from accepting, after ringing for ${HESITATION / 1000} s`, accepted),
    '',
    'Targets',
    verdict('Dialling, of both in one page', median(dialled) / median(whole), 1.1, 'x'),
    verdict('Accepting, of connecting in one page', median(accepted) / median(connecting), 0.8, 'x'),
  ];
}
