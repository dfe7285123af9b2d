// Handing on a room's link: the system's sheet, a code for a phone's camera, and one to read out.

import { expect, test } from '../fixtures/test.ts';
import type { Person } from '../people/person.ts';

/** Where the relay says that others reach it. */
const OTHERS = 'https://192.0.2.7:3443';

/** Somebody makes a room and is the first in it; its code. */
async function makesRoom(person: Person): Promise<string> {
  // At `localhost` there is nothing that others' phones could open.
  const config = { guests: true, directory: true, links: [OTHERS], version: '1' };
  await person.page.route('/api/config', (route) => route.fulfill({ json: config }));
  const told = person.page.waitForResponse('/api/config');
  await person.page.reload();
  await told;
  await person.isHome();
  await person.presses('Create room');
  await person.joinsRoom();
  const code = /\/r\/([a-z-]+)$/.exec(person.page.url())?.[1];
  if (!code) throw new Error(`no room at ${person.page.url()}`);
  return code;
}

test('a room shows its link as a code for cameras, on light in any theme', async ({ person }) => {
  const ann = await person('Ann');
  await ann.page.emulateMedia({ colorScheme: 'dark' });
  const code = await makesRoom(ann);
  const scan = ann.button('QR code');
  await expect(scan).toHaveAttribute('aria-expanded', 'false');
  await scan.click();
  const picture = ann.page.getByRole('img', { name: /^QR code of the link https:\/\/.*\/r\// });
  await expect(picture).toBeVisible();
  await expect.poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(0);
  const link = new URL((await picture.getAttribute('src')) ?? '', ann.page.url()).searchParams.get('link');
  expect(link).toBe(`${OTHERS}/r/${code}`);
  // Its corner, where nothing is drawn, and the first module of the code beside it.
  const [quiet, corner] = await picture.evaluate(async (image: HTMLImageElement) => {
    await image.decode();
    const context = new OffscreenCanvas(410, 410).getContext('2d', { willReadFrequently: true });
    if (!context) throw new Error('no canvas');
    context.drawImage(image, 0, 0, 410, 410);
    return [10, 50].map((at) => [...context.getImageData(at, at, 1, 1).data]);
  });
  expect(quiet).toEqual([255, 255, 255, 255]);
  expect(corner).toEqual([0, 0, 0, 255]);
  await scan.click();
  await expect(picture).toBeHidden();
  await ann.hangsUp();
});

test('the system is asked to hand the link on, where it can', async ({ person }) => {
  const ann = await person('Ann');
  await ann.page.addInitScript(() => {
    Object.defineProperty(navigator, 'share', {
      configurable: true,
      value: async (what: object) => void (document.body.dataset['shared'] = JSON.stringify(what)),
    });
  });
  const code = await makesRoom(ann);
  await ann.presses('Share');
  const shared = await ann.page.locator('body[data-shared]').getAttribute('data-shared');
  expect(JSON.parse(shared ?? '')).toEqual({ title: 'Call me with Alo', url: `${OTHERS}/r/${code}` });
  await ann.hangsUp();
});

test('the code can be read out, and is heard letter by letter', async ({ person }) => {
  const ann = await person('Ann');
  const code = await makesRoom(ann);
  const heard = code.split('-').map((group) => [...group].join(' ')).join(', ');
  await expect(ann.page.getByText(`Code to read out: ${heard}`)).toBeAttached();
  await ann.hangsUp();

  const bob = await person('Bob', { at: `/r/${code}` });
  await bob.givesName();
  await bob.page.getByText('Let others in').click();
  await expect(bob.page.getByText(`Code to read out: ${heard}`)).toBeAttached();
  await expect(bob.button('Share'), 'a browser that cannot is not asked').toBeHidden();
  await bob.page.close();
});
