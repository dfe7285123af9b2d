// How long somebody's picture stands still, as whoever looks at it sees it.

import { expect } from '@playwright/test';

import type { Person } from './person.ts';

/** Watches the other person's picture from now on. */
export async function watches(one: Person, other: Person): Promise<void> {
  await one.participant(other.name).evaluate((group) => {
    const seen = { stood: 0, moved: 0, last: performance.now(), frames: -1, states: new Set<string>() };
    Object.assign(window, { seen });
    const look = (): void => {
      const frames = group.querySelector('video')?.getVideoPlaybackQuality().totalVideoFrames ?? -1;
      const now = performance.now();
      if (frames !== seen.frames) Object.assign(seen, { frames, moved: seen.moved + 1, last: now, stood: Math.max(seen.stood, now - seen.last) });
      seen.states.add(document.querySelector('main')?.dataset.callState ?? '');
      // Until it is begun anew.
      if ((window as unknown as { seen: unknown }).seen === seen) requestAnimationFrame(look);
    };
    look();
  });
}

/** The longest that it stood still, and what the call looked like meanwhile. */
export function seen(one: Person): Promise<{ stood: number; still: number; states: string[] }> {
  return one.page.evaluate(() => {
    const { stood, last, states } = (window as unknown as { seen: { stood: number; last: number; states: Set<string> } }).seen;
    return { stood, still: performance.now() - last, states: [...states] };
  });
}

/** The picture has begun to move since it is watched. */
export async function moves(one: Person): Promise<void> {
  await expect.poll(() => one.page.evaluate(() => (window as unknown as { seen: { moved: number } }).seen.moved)).toBeGreaterThan(2);
}
