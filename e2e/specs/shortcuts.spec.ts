// Keys for what the controls do: they rest while somebody types, and can be changed; and the button on a headset.

import type { Person } from '../people/person.ts';
import { expect, test } from '../fixtures/test.ts';

async function talk(ann: Person, bob: Person): Promise<void> {
  await ann.voiceCalls('Bob');
  await bob.isRungBy('Ann');
  await bob.accepts();
  await Promise.all([ann.hears(bob), bob.hears(ann)]);
}

test('letters mute and film, the space bar talks while it is held', async ({ person }) => {
  const ann = await person('Ann');
  const bob = await person('Bob');
  await talk(ann, bob);
  const { keyboard } = ann.page;
  const annAtBobs = bob.participant('Ann');

  await keyboard.press('m');
  await expect(annAtBobs).toContainText('Microphone off');
  await bob.doesNotHear(ann);
  await keyboard.down(' ');
  await expect(annAtBobs).not.toContainText('Microphone off');
  await bob.hears(ann);
  await keyboard.up(' ');
  await expect(annAtBobs).toContainText('Microphone off');

  // Whoever leaves the window with the key held is not heard any longer.
  await keyboard.down(' ');
  await expect(annAtBobs).not.toContainText('Microphone off');
  await ann.page.evaluate(() => window.dispatchEvent(new Event('blur')));
  await expect(annAtBobs).toContainText('Microphone off');
  await keyboard.up(' ');

  // Letting go mutes, also who was not muted before.
  await keyboard.press('m');
  await expect(annAtBobs).not.toContainText('Microphone off');
  await keyboard.press(' ');
  await expect(annAtBobs).toContainText('Microphone off');

  await keyboard.press('h');
  await expect(annAtBobs).toContainText('Hand raised');
  await keyboard.press('h');
  await expect(annAtBobs).not.toContainText('Hand raised');

  await keyboard.press('v');
  await bob.sees(ann);
  await keyboard.press('Control+v');
  await bob.sees(ann);
  await keyboard.press('v');
  await expect(annAtBobs).toContainText('Camera off');
});

test('a focused control is pressed by the space bar, and a dialog has its own keys', async ({ person }) => {
  const ann = await person('Ann');
  const bob = await person('Bob');
  await talk(ann, bob);
  const { keyboard } = ann.page;
  await keyboard.press('?');
  const sheet = ann.page.getByRole('dialog', { name: 'Keyboard shortcuts' });
  await expect(sheet).toBeVisible();
  await keyboard.press('m');
  await keyboard.press('Escape');
  await expect(sheet).toBeHidden();
  await expect(ann.button('Mute microphone')).toBeVisible();

  await keyboard.press('Tab');
  await ann.button('Mute microphone').focus();
  await keyboard.press(' ');
  await expect(ann.button('Unmute microphone')).toBeVisible();
});

test('a key is changed, remembered, refused when it is taken, and put back', async ({ person }) => {
  const ann = await person('Ann');
  const bob = await person('Bob');
  await talk(ann, bob);
  const { keyboard } = ann.page;
  await ann.opensSettings();
  await ann.button('Keyboard shortcuts').click();
  const change = ann.button('Change the key: Mute or unmute');
  await change.click();
  await keyboard.press('v');
  await ann.isAlerted(/taken: Camera on or off/);
  await keyboard.press('x');
  await expect(change).toHaveText('Change');
  await keyboard.press('Escape');
  await keyboard.press('m');
  await expect(ann.button('Mute microphone')).toBeVisible();
  await keyboard.press('x');
  await expect(ann.button('Unmute microphone')).toBeVisible();

  await ann.hangsUp();
  await ann.presses('Done');
  await bob.presses('Done');
  await talk(ann, bob);
  await keyboard.press('x');
  await expect(ann.button('Unmute microphone')).toBeVisible();
  await keyboard.press('?');
  await ann.button('Use the usual keys').click();
  await keyboard.press('Escape');
  await keyboard.press('m');
  await expect(ann.button('Mute microphone')).toBeVisible();
});

test('the button on a headset mutes, and the system knows', async ({ person }) => {
  const ann = await person('Ann', { at: 'about:blank' });
  await ann.context.addInitScript(watchMediaSession);
  await ann.arrives();
  const bob = await person('Bob');
  await talk(ann, bob);
  const press = (action: string): Promise<void> => ann.page.evaluate((name) => window.mediaKeys.press(name), action);
  const inUse = (): Promise<readonly boolean[]> => ann.page.evaluate(() => window.mediaKeys.inUse);
  await expect.poll(inUse).toEqual([true, false]);
  await press('togglemicrophone');
  await expect(bob.participant('Ann')).toContainText('Microphone off');
  await expect.poll(inUse).toEqual([false, false]);
  await ann.unmutes();
  await expect.poll(inUse).toEqual([true, false]);
  await press('togglecamera');
  await bob.sees(ann);
  await expect.poll(inUse).toEqual([true, true]);
  await press('hangup');
  await ann.isTold('Call ended');
  await expect.poll(() => ann.page.evaluate(() => window.mediaKeys.actions()), 'nothing is left over').toEqual([]);
});

declare global {
  interface Window {
    mediaKeys: { press(action: string): void; actions(): string[]; inUse: [boolean, boolean] };
  }
}

/** Runs in the page: stands where the system's media keys are, which no test can press. */
function watchMediaSession(): void {
  const handlers = new Map<string, () => void>();
  const inUse: [boolean, boolean] = [false, false];
  const session = navigator.mediaSession as unknown as Record<string, unknown>;
  session['setActionHandler'] = (action: string, handler: (() => void) | null): void => {
    if (handler) handlers.set(action, handler);
    else handlers.delete(action);
  };
  session['setMicrophoneActive'] = (on: boolean): void => void (inUse[0] = on);
  session['setCameraActive'] = (on: boolean): void => void (inUse[1] = on);
  window.mediaKeys = { press: (action) => handlers.get(action)?.(), actions: () => [...handlers.keys()], inUse };
}
