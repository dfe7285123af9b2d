// Eyes and ears: whether one person's picture and sound really reach another.

import { expect, type Locator } from '@playwright/test';

import { type Camera, CAMERAS, FIREFOX_CAMERA } from '../fixtures/camera.ts';
import type { Hearing, Sight } from '../fixtures/witness.ts';

/** How far a decoded colour may be from the one filmed: encoders blur, and screens of another range shift a little. */
const COLOUR_TOLERANCE = 48;
/** In hertz: coding and echo cancellation shift a tone by less. */
const TONE_TOLERANCE = 25;
/** A frame may be late on a busy machine, so the picture is looked at again until it is right, for this long. */
export const PATIENCE = 20_000;

/** The camera whose background this is. */
export function cameraOf(rgb: Sight['rgb']): Camera | undefined {
  const near = (camera: (typeof CAMERAS)[number]): boolean =>
    camera.rgb.every((value, i) => Math.abs(value - (rgb[i] ?? 0)) <= COLOUR_TOLERANCE);
  return CAMERAS.find(near);
}

/** What an onlooker would say about the picture. */
export function describeSight(sight: Sight): { whose: string; flows: boolean; moves: boolean } {
  return {
    whose: cameraOf(sight.rgb)?.colour ?? `nobody's (${sight.rgb.join(', ')})`,
    flows: sight.presented > 1 && sight.decoded > 0,
    moves: sight.moving && new Set(sight.bar).size > 1,
  };
}

/** What a listener would say about the sound. */
export function describeHearing(hearing: Hearing): { whose: string; playing: boolean; loud: boolean } {
  const near = (camera: Camera): boolean => Math.abs(camera.tone - hearing.tone) <= TONE_TOLERANCE;
  const whose = [...CAMERAS, FIREFOX_CAMERA].find(near)?.colour ?? `nobody's (${Math.round(hearing.tone)} Hz)`;
  return { whose, playing: hearing.playing, loud: hearing.energy > 0 };
}

/** The participant's video shows that camera's moving picture. */
export async function expectPicture(group: Locator, camera: Camera, who: string): Promise<void> {
  const video = group.locator('video');
  await expect(video, who).toBeVisible();
  await expect(async () => {
    const sight = await video.evaluate((element: HTMLVideoElement) => window.witness.look(element));
    expectSight(sight, camera, who);
  }).toPass({ timeout: PATIENCE });
}

/** What was seen is that camera's moving picture; some moving picture, if the camera has no colour of its own. */
export function expectSight(sight: Sight, camera: Camera, who: string): void {
  const { whose, flows, moves } = describeSight(sight);
  if (camera.rgb) expect({ whose, flows, moves }, who).toEqual({ whose: camera.colour, flows: true, moves: true });
  else expect({ flows, moves: sight.moving }, who).toEqual({ flows: true, moves: true });
}

/** The participant's sound is that camera's tone, aloud. */
export async function expectSound(group: Locator, camera: Camera, who: string): Promise<void> {
  await expect(async () => {
    expectHearing(await group.evaluate((element) => window.witness.listen(element)), camera, who);
  }).toPass({ timeout: PATIENCE });
}

/** What was heard is that camera's tone, aloud. */
export function expectHearing(hearing: Hearing, camera: Camera, who: string): void {
  expect(describeHearing(hearing), who).toEqual({ whose: camera.colour, playing: true, loud: true });
}

/** Nothing is heard from the participant any more, although their track is still there. */
export async function expectSilence(group: Locator, who: string): Promise<void> {
  await expect(async () => {
    const { tone, energy } = await group.evaluate((element) => window.witness.listen(element));
    expect({ tone, audible: energy > 1e-7 }, who).toEqual({ tone: 0, audible: false });
  }).toPass({ timeout: PATIENCE });
}

/** No picture of the participant: no video to be seen, or one in which nothing new appears. */
export async function expectNoPicture(group: Locator, who: string): Promise<void> {
  await expect(async () => {
    const video = group.locator('video').filter({ visible: true });
    if ((await video.count()) === 0) return;
    const { presented } = await video.evaluate((element: HTMLVideoElement) => window.witness.look(element));
    expect(presented, who).toBe(0);
  }).toPass({ timeout: PATIENCE });
}
