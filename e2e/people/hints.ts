// What is said to people during a call of their own side of it, and the switches of that.

import { expect, type Locator } from '@playwright/test';

import type { Person } from './person.ts';

/** The hint about something, by the name that its switch is kept under; any hint if nothing is said. */
export function hint(person: Person, about?: string): Locator {
  return person.page.locator(about === undefined ? '[data-hint]' : `[data-hint="${about}"]`);
}

/** Switches the hint with that title off, or on again, in the settings. */
export async function switchesHint(person: Person, title: string, on: boolean): Promise<void> {
  await person.opensSettings();
  await person.page.getByText('Hints during a call').click();
  const asked = person.page.getByRole('switch', { name: title });
  await asked.setChecked(on);
  await person.presses('Close');
  await expect(asked).toHaveCount(0);
}

/**
 * Somebody is told: in those words, aloud for who does not see them, and with that remedy at hand. Switched off, it is not
 * said any more; switched on, it is said at once, because it has lasted all the time.
 */
export async function isTold(person: Person, about: string, [title, why]: readonly [string, string], remedy: string): Promise<void> {
  const told = hint(person, about);
  await expect(told, `${person.name} is told`).toContainText(title, { timeout: 40_000 });
  await expect(told).toContainText(why);
  await expect(person.page.getByRole('status').filter({ hasText: title }).filter({ has: told })).toBeVisible();
  await expect(told.getByRole('button', { name: remedy })).toBeVisible();
  await switchesHint(person, title, false);
  await expect(told).toHaveCount(0);
  await switchesHint(person, title, true);
  // Sooner than it could come anew.
  await expect(told).toBeVisible({ timeout: 2_500 });
}
