// Hints during a call: what a person cannot notice themselves is said, with a remedy, and only while it is so.

import { photograph } from '../fixtures/album.ts';
import { type Bring, expect, test } from '../fixtures/test.ts';
import { hint } from '../people/hints.ts';
import type { Person } from '../people/person.ts';

declare global {
  interface Window {
    /** What these tests change about the devices while a call goes on. */
    stage: { plugged: boolean; painting: boolean; sound: () => void; mayPlay: boolean };
  }
}

/** A video call of Ann and Bob; Ann's browser is changed by `change` before the page is there. */
async function talk(person: Bring, change?: () => void, browser?: 'many devices'): Promise<[Person, Person]> {
  const ann = await person('Ann', { at: 'about:blank', ...(browser && { browser }) });
  if (change) await ann.page.addInitScript(change);
  await ann.arrives();
  const bob = await person('Bob');
  await ann.videoCalls('Bob');
  await bob.acceptsWithVideo();
  await Promise.all([ann.isIn('active'), bob.isIn('active')]);
  await ann.sees(bob);
  return [ann, bob];
}

test('whoever talks while muted is told, and unmutes from there', async ({ person }) => {
  const [ann, bob] = await talk(person);
  await expect(hint(ann), 'nothing is wrong').toHaveCount(0);
  await ann.mutes();
  await expect(hint(ann, 'talking-muted')).toContainText('You are talking, and you are muted');
  await bob.doesNotHear(ann);
  await photograph(ann.page, 'hint-talking-muted');
  await hint(ann).getByRole('button', { name: 'Unmute microphone' }).click();
  await expect(hint(ann)).toHaveCount(0);
  await bob.hears(ann);
});

/** A microphone that gives nothing until `stage.sound` is called. */
function silentMicrophone(): void {
  const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  const stage = { plugged: false, painting: true, sound: (): void => undefined, mayPlay: false };
  window.stage = stage;
  navigator.mediaDevices.getUserMedia = async (wanted) => {
    const stream = await real(wanted);
    if (!wanted?.audio) return stream;
    const context = new AudioContext();
    const source = context.createMediaStreamSource(new MediaStream(stream.getAudioTracks()));
    const out = context.createMediaStreamDestination();
    stage.sound = () => source.connect(out);
    const [silent] = out.stream.getAudioTracks();
    const [open] = stream.getAudioTracks();
    if (!silent || !open) return stream;
    const stop = silent.stop.bind(silent);
    silent.stop = () => (open.stop(), stop());
    return new MediaStream([silent, ...stream.getVideoTracks()]);
  };
}

test('a microphone that hears nothing is said until it hears something; the hint can be switched off', async ({ person }) => {
  const [ann] = await talk(person, silentMicrophone);
  await expect(hint(ann, 'silent')).toContainText('Nobody hears you');
  await expect(ann.page.getByRole('status').filter({ hasText: 'Your microphone is silent' })).toBeVisible();
  await ann.page.evaluate(() => window.stage.sound());
  await expect(hint(ann), 'it clears itself').toHaveCount(0);
  await ann.hangsUp();
  await ann.presses('Done');

  await ann.presses('Settings');
  await ann.page.getByText('Hints during a call').click();
  await photograph(ann.page, 'settings-hints');
  await ann.page.getByRole('switch', { name: 'Your microphone is silent' }).uncheck();
  await ann.presses('Close');
  await ann.page.reload();
  await ann.isHome();
  await ann.presses('Settings');
  await ann.page.getByText('Hints during a call').click();
  await expect(ann.page.getByRole('switch', { name: 'Your microphone is silent' })).not.toBeChecked();
  await expect(ann.page.getByRole('switch', { name: 'Your camera sees nothing' })).toBeChecked();
  await ann.presses('Close');
});

/** A camera in the dark, which stands still once `stage.painting` is false. */
function coveredCamera(): void {
  const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  window.stage = { plugged: false, painting: true, sound: () => undefined, mayPlay: false };
  navigator.mediaDevices.getUserMedia = async (wanted) => {
    const stream = await real(wanted);
    const [open] = stream.getVideoTracks();
    if (!open) return stream;
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [640, 360];
    const brush = canvas.getContext('2d');
    setInterval(() => {
      if (!brush || !window.stage.painting) return;
      brush.fillStyle = '#060606';
      brush.fillRect(0, 0, 640, 360);
    }, 50);
    const [dark] = canvas.captureStream(20).getVideoTracks();
    if (!dark) return stream;
    const stop = dark.stop.bind(dark);
    dark.stop = () => (open.stop(), stop());
    return new MediaStream([...stream.getAudioTracks(), dark]);
  };
}

test('a camera that sees nothing or stands still is said', async ({ person }) => {
  const [ann, bob] = await talk(person, coveredCamera);
  await expect(hint(ann, 'dark')).toContainText('Your camera sees nothing');
  await ann.page.evaluate(() => (window.stage.painting = false));
  await expect(hint(ann, 'frozen'), 'what is worse is said first').toContainText('Your picture stands still');
  await expect(hint(ann)).toHaveCount(1);
  await ann.page.evaluate(() => (window.stage.painting = true));
  await expect(hint(ann, 'dark')).toBeVisible();
  await hint(ann).getByRole('button', { name: 'Turn camera off' }).click();
  await expect(hint(ann)).toHaveCount(0);
  await expect(bob.participant('Ann')).toContainText('Camera off');
});

/** One microphone fewer, until `stage.plugged` is true. */
function oneFewer(): void {
  const real = navigator.mediaDevices.enumerateDevices.bind(navigator.mediaDevices);
  window.stage = { plugged: false, painting: true, sound: () => undefined, mayPlay: false };
  navigator.mediaDevices.enumerateDevices = async () => {
    const all = await real();
    const last = all.findLast((device) => device.kind === 'audioinput');
    return window.stage.plugged ? all : all.filter((device) => device !== last);
  };
}

test('a device that is plugged in is offered, and used', async ({ person }) => {
  const [ann, bob] = await talk(person, oneFewer, 'many devices');
  await expect(hint(ann), 'what was there before is not new').toHaveCount(0);
  await ann.page.evaluate(() => {
    window.stage.plugged = true;
    navigator.mediaDevices.dispatchEvent(new Event('devicechange'));
  });
  const id = await ann.page.evaluate(async () => {
    const all = await navigator.mediaDevices.enumerateDevices();
    return all.findLast((device) => device.kind === 'audioinput')?.deviceId;
  });
  await expect(hint(ann, 'new-device')).toBeVisible();
  await hint(ann).getByRole('button', { name: 'Use it' }).click();
  await expect(hint(ann)).toHaveCount(0);
  const microphone = (): Promise<string | undefined> =>
    ann.page.evaluate(() => window.witness.openTracks().find((track) => track.kind === 'audio')?.device);
  await expect.poll(microphone).toBe(id);
  await bob.isIn('active');
});

/** A browser that plays no voice before `stage.mayPlay`. */
function noAutoplay(): void {
  const real = HTMLMediaElement.prototype.play;
  window.stage = { plugged: false, painting: true, sound: () => undefined, mayPlay: false };
  HTMLAudioElement.prototype.play = function play(this: HTMLAudioElement) {
    if (window.stage.mayPlay) return real.call(this);
    return Promise.reject(new DOMException('play() can only be initiated by a user gesture.', 'NotAllowedError'));
  };
}

test('sound that the browser holds back begins with a click', async ({ person }) => {
  const [ann] = await talk(person, noAutoplay);
  await expect(hint(ann, 'blocked')).toBeVisible();
  await ann.page.evaluate(() => (window.stage.mayPlay = true));
  await hint(ann).getByRole('button', { name: 'Click to hear' }).click();
  await expect(hint(ann)).toHaveCount(0);
});
