// The call in a small window of its own, which stays on top of other programs.

import { isForEveryone } from '../fixtures/everyone.ts';
import type { Person } from '../people/person.ts';
import { expect, test } from '../fixtures/test.ts';

/** What is in the small window: nothing, if there is none. */
const floats = (person: Person): Promise<string[]> =>
  person.page.evaluate(() => {
    const page = window.documentPictureInPicture.window?.document;
    return [...(page?.querySelectorAll('.call [role=group], .call .bar button') ?? [])].map((one) => one.getAttribute('aria-label') ?? '');
  });

test('the whole call floats, controls included, and comes back when the window is closed', async ({ person }) => {
  const ann = await person('Ann');
  const bob = await person('Bob');
  await ann.videoCalls('Bob');
  await bob.isRungBy('Ann');
  await bob.acceptsWithVideo();
  await Promise.all([ann.sees(bob), bob.sees(ann)]);

  const opened = ann.context.waitForEvent('page');
  await ann.presses('Show in a small window');
  await expect.poll(() => floats(ann)).toEqual(expect.arrayContaining(['Bob', 'Mute microphone', 'Hang up']));
  await expect(ann.page.getByText('The call is in its small window')).toBeVisible();
  const endIsInside = (): Promise<boolean> =>
    ann.page.evaluate(() => {
      const small = window.documentPictureInPicture.window;
      const end = small?.document.querySelector('.control.end')?.getBoundingClientRect();
      return small && end ? end.right <= small.innerWidth && end.left >= 0 : false;
    });
  // The bar comes to its place from where it is without its style.
  await expect.poll(endIsInside, 'hanging up is in the window').toBe(true);
  await isForEveryone(await opened, 'the small window');
  const sight = (): Promise<{ moving: boolean; presented: number }> =>
    ann.page.evaluate(async () => {
      const video = window.documentPictureInPicture.window?.document.querySelector<HTMLVideoElement>('.call .tile video');
      if (!video) throw new Error('no picture');
      const { moving, presented } = await window.witness.look(video);
      return { moving, presented };
    });
  await expect.poll(async () => (await sight()).moving, 'the picture goes on').toBe(true);
  await ann.page.evaluate(() =>
    window.documentPictureInPicture.window?.document.querySelector<HTMLElement>('[aria-label="Mute microphone"]')?.click(),
  );
  await expect(bob.participant('Ann')).toContainText('Microphone off');
  await expect.poll(async () => (await bob.sends(ann)).limit, 'what floats is seen').toBeGreaterThan(100_000);

  await ann.page.evaluate(() => window.documentPictureInPicture.window?.close());
  await expect(ann.page.getByText('The call is in its small window')).toHaveCount(0);
  await ann.isIn('active');
  await Promise.all([ann.sees(bob), bob.sees(ann)]);

  await ann.presses('Show in a small window');
  await expect.poll(() => floats(ann)).toContain('Bob');
  await bob.hangsUp();
  await ann.isTold('Call ended');
  await expect.poll(() => floats(ann)).toEqual([]);
});

test('keys do in the small window what they do in the page', async ({ person }) => {
  const ann = await person('Ann');
  const bob = await person('Bob');
  await ann.videoCalls('Bob');
  await bob.acceptsWithVideo();
  await Promise.all([ann.sees(bob), bob.sees(ann)]);
  const opened = ann.context.waitForEvent('page');
  await ann.presses('Show in a small window');
  const small = await opened;
  await expect.poll(() => floats(ann)).toContain('Hang up');
  const annAtBobs = bob.participant('Ann');

  await small.keyboard.press('m');
  await expect(annAtBobs).toContainText('Microphone off');
  await small.keyboard.down(' ');
  await expect(annAtBobs).not.toContainText('Microphone off');
  await small.keyboard.up(' ');
  await expect(annAtBobs).toContainText('Microphone off');
  await small.keyboard.press('v');
  await expect(annAtBobs).toContainText('Camera off');
  await small.keyboard.press('v');
  await bob.sees(ann);
  await small.keyboard.press('h');
  await expect(annAtBobs).toContainText('Hand raised');
  await ann.page.keyboard.press('h');
  await expect(annAtBobs, 'from the page too').not.toContainText('Hand raised');
  await small.keyboard.press('Control+v');
  await bob.sees(ann);

  // Who closes it while they hold the key to talk is not heard any longer.
  await small.keyboard.down(' ');
  await expect(annAtBobs).not.toContainText('Microphone off');
  await ann.page.evaluate(() => window.documentPictureInPicture.window?.close());
  await expect(annAtBobs).toContainText('Microphone off');
  await ann.page.keyboard.press('m');
  await expect(annAtBobs).not.toContainText('Microphone off');
  await bob.seesAndHears(ann);
});

test('where no window can float, the picture does, and comes back', async ({ person }) => {
  const ann = await person('Ann', { at: 'about:blank' });
  await ann.page.addInitScript(() => {
    Object.defineProperty(window, 'documentPictureInPicture', { value: undefined });
  });
  await ann.arrives();
  const bob = await person('Bob');
  await ann.videoCalls('Bob');
  await bob.acceptsWithVideo();
  await Promise.all([ann.sees(bob), bob.sees(ann)]);

  /** Whose picture floats: that of the element it is in. */
  const floating = (): Promise<string | undefined> =>
    ann.page.evaluate(() => document.pictureInPictureElement?.closest('[role=group]')?.getAttribute('aria-label') ?? undefined);
  await ann.presses('Show in a small window');
  await expect.poll(floating).toBe('Bob');
  await ann.sees(bob);
  await ann.presses('Back from the small window');
  await expect.poll(floating).toBeUndefined();
  await expect(ann.button('Show in a small window')).toBeVisible();

  // The window's own button ends it as well.
  await ann.presses('Show in a small window');
  await expect.poll(floating).toBe('Bob');
  await ann.page.evaluate(() => document.exitPictureInPicture());
  await expect(ann.button('Show in a small window')).toBeVisible();

  // And so does the end of the call.
  await ann.presses('Show in a small window');
  await expect.poll(floating).toBe('Bob');
  await bob.hangsUp();
  await ann.isTold('Call ended');
  await expect.poll(floating).toBeUndefined();
});

declare global {
  interface Window {
    documentPictureInPicture: { window: Window | null };
  }
}
