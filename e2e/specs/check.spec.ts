// "Can I call?": everything a call needs is tried, and ends in one sentence with one remedy.

import type { Locator } from '@playwright/test';

import { photograph } from '../fixtures/album.ts';
import { Path } from '../fixtures/path.ts';
import { expect, test } from '../fixtures/test.ts';
import { Turn, withServers } from '../fixtures/turn.ts';
import type { Person } from '../people/person.ts';

/** What came of each step so far, by its name. */
function results(person: Person): Promise<Record<string, string>> {
  return person.page.evaluate(() =>
    Object.fromEntries(
      [...document.querySelectorAll<HTMLElement>('[data-step]')].map(({ dataset }) => [dataset.step, dataset.result]),
    ),
  );
}

function step(person: Person, name: string): Locator {
  return person.page.locator(`[data-step="${name}"]`);
}

async function opensTheCheck(person: Person): Promise<void> {
  await person.presses('Settings');
  await person.page.getByRole('link', { name: 'Can I call?' }).click();
  await expect(person.page).toHaveURL(/\/check$/);
  await expect(person.page.getByRole('heading', { name: 'Can I call?' })).toBeFocused();
}

test.describe('with a TURN server inside', () => {
  test.use({ relayOptions: ['--turn', '--turn-port', '0', '--turn-tls-port', '0'] });

  test('with everything in its place one can call', async ({ person }) => {
    const ann = await person('Ann');
    await opensTheCheck(ann);
    await ann.presses('Start');
    const began = Date.now();
    await expect(ann.page.getByText('Listen now')).toBeVisible();
    await expect(step(ann, 'speaker')).toHaveAttribute('data-result', 'runs');
    await expect(ann.page.getByText('Did you hear three notes?')).toBeVisible();
    await photograph(ann.page, 'check-question');
    await ann.presses('Yes');
    await expect(step(ann, 'speaker')).toHaveAttribute('data-result', 'passed');
    await expect(ann.page.getByText('Say something now')).toBeVisible();
    await expect(step(ann, 'recording')).toHaveAttribute('data-result', 'runs');
    await expect(ann.page.getByText('Did you hear yourself?')).toBeVisible();
    await ann.presses('Yes');
    await expect(ann.page.locator('[data-verdict]')).toContainText('You can call.', { timeout: 40_000 });
    expect(Date.now() - began, 'under a minute').toBeLessThan(60_000);
    const all = await results(ann);
    expect([...new Set(Object.values(all))], JSON.stringify(all)).toEqual(['passed']);
    expect(await ann.opened(), 'nothing is left open').toEqual([]);
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
});

test('whoever hears no sound, or not themselves, is told what to do', async ({ person }) => {
  const ann = await person('Ann');
  await opensTheCheck(ann);
  const verdict = ann.page.locator('[data-verdict]');
  await ann.presses('Start');
  await ann.presses('No');
  await expect(verdict).toContainText('You did not hear the sound.', { timeout: 40_000 });
  const first = await results(ann);
  expect([first.speaker, first.recording], 'nobody is asked for what they cannot hear').toEqual(['failed', 'skipped']);
  await verdict.getByRole('button', { name: 'Settings' }).click();
  await expect(ann.page.getByLabel('Speaker', { exact: true })).toBeVisible();
  await ann.presses('Close');

  // Whoever looks at something else is not recorded meanwhile.
  await ann.presses('Start again');
  await expect.poll(() => ann.opened()).toEqual(['audio', 'video']);
  await ann.turnsAway(true);
  await expect.poll(() => ann.opened()).toEqual([]);
  await ann.turnsAway(false);
  await expect(ann.page.getByText('The check was stopped')).toBeVisible();
  expect(await ann.opened()).toEqual([]);

  await ann.presses('Start');
  await expect(ann.page.getByText('The check was stopped')).toHaveCount(0);
  await ann.presses('Yes');
  await expect(ann.page.getByText('Did you hear yourself?')).toBeVisible();
  await ann.presses('No');
  await expect(verdict).toContainText('You did not hear yourself.', { timeout: 40_000 });
  const second = await results(ann);
  expect([second.speaker, second.recording]).toEqual(['passed', 'failed']);
  await photograph(ann.page, 'check-unheard');
  await verdict.getByRole('button', { name: 'Settings' }).click();
  await expect(ann.page.getByLabel('Microphone', { exact: true })).toBeVisible();
  await ann.presses('Close');
  await ann.presses('Go to the start');
});

test('a microphone that is denied is found, with the remedy', async ({ person }) => {
  const ann = await person('Ann', { browser: 'asking' });
  await ann.deniesDevices();
  await opensTheCheck(ann);
  await ann.presses('Start');
  await ann.presses('Yes');
  const verdict = ann.page.locator('[data-verdict]');
  await expect(verdict).toContainText('The microphone is blocked, so nobody can hear you', { timeout: 40_000 });
  await expect(verdict).toContainText('allow it for this page');
  const { browser, socket, reconnect, microphone, speaker, recording, camera, media, stun, turn } = await results(ann);
  expect([browser, socket, reconnect, speaker]).toEqual(['passed', 'passed', 'passed', 'passed']);
  expect([microphone, recording, camera, media]).toEqual(['failed', 'skipped', 'failed', 'skipped']);
  expect([stun, turn], 'nothing is set up').toEqual(['skipped', 'skipped']);
  await photograph(ann.page, 'check-denied');
  await ann.presses('Go to the start');
});

/** Ann at the check, with these servers set up. */
async function hasServers(ann: Person, servers: ReturnType<Turn['servers']>): Promise<void> {
  await ann.page.routeWebSocket(/\/ws$/, (socket) => {
    socket.connectToServer().onMessage((frame) => socket.send(withServers(String(frame), servers)));
  });
  await ann.arrives();
  await opensTheCheck(ann);
  await ann.presses('Start');
  await ann.presses('Yes');
  await expect(ann.page.getByText('Did you hear yourself?')).toBeVisible();
  await ann.presses('Yes');
}

test('STUN and TURN are tried where they are set up, and what is wrong with them is said', async ({ person }) => {
  test.slow();
  const turn = await Turn.start();
  try {
    const ann = await person('Ann', { at: 'about:blank' });
    const verdict = ann.page.locator('[data-verdict]');
    await hasServers(ann, turn.servers());
    await expect(verdict).toContainText('You can call.', { timeout: 40_000 });
    const fine = await results(ann);
    expect([fine.stun, fine.turn]).toEqual(['passed', 'passed']);

    const bob = await person('Bob', { at: 'about:blank' });
    const told = bob.page.locator('[data-verdict]');
    await hasServers(bob, turn.servers('another word'));
    await expect(told).toContainText('You can call, but not through every firewall.', { timeout: 40_000 });
    await expect(told).toContainText('The TURN server refuses the password that it is given.');
    await expect(step(bob, 'turn')).toContainText('refuses the password');
    const refused = await results(bob);
    expect([refused.stun, refused.turn]).toEqual(['passed', 'failed']);
    await photograph(bob.page, 'check-refused');
    await turn.stop();

    await bob.presses('Start again');
    await bob.presses('Yes');
    await expect(bob.page.getByText('Did you hear yourself?')).toBeVisible();
    await bob.presses('Yes');
    await expect(told).toContainText('Neither STUN nor TURN answers.', { timeout: 60_000 });
    for (const one of [ann, bob]) await one.presses('Go to the start');
  } finally {
    await turn.stop();
  }
});

test('where nothing gets through directly, a call goes through the TURN server', async ({ person }) => {
  const turn = await Turn.start();
  const [ann, bob] = [await person('Ann', { at: 'about:blank' }), await person('Bob', { at: 'about:blank' })];
  const path = await Path.between(ann, bob, (frame) => withServers(frame, turn.servers()));
  try {
    [ann, bob].forEach((one) => path.loses(1, one));
    await Promise.all([ann.arrives(), bob.arrives()]);
    await ann.videoCalls('Bob');
    await bob.acceptsWithVideo();
    await Promise.all([ann.seesAndHears(bob), bob.seesAndHears(ann)]);
    await bob.hangsUp();
    await ann.isTold('Call ended');
  } finally {
    path.close();
    await turn.stop();
  }
});
