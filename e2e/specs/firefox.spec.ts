// Two kinds of browser: a call between Firefox and Chromium, whoever dials.

import { test as base } from '../fixtures/test.ts';
import { FirefoxPerson, startFirefox } from '../people/firefox.ts';

const test = base.extend<{ fay: FirefoxPerson }, { firefox: Awaited<ReturnType<typeof startFirefox>> }>({
  firefox: [
    async ({}, use) => {
      const firefox = await startFirefox();
      await use(firefox);
      await firefox.close();
    },
    { scope: 'worker' },
  ],

  fay: async ({ relay, firefox }, use) => {
    const fay = await FirefoxPerson.comes('Fay', firefox);
    await fay.arrives(relay.origin);
    await use(fay);
    await fay.leaves();
  },
});

test('Firefox rings Chromium', async ({ fay, person }) => {
  const ann = await person('Ann');
  await fay.videoCalls('Ann');
  await ann.isRungBy('Fay');
  await ann.acceptsWithVideo();
  await Promise.all([ann.isIn('active'), fay.isIn('active')]);
  await Promise.all([ann.seesAndHears(fay), fay.seesAndHears(ann)]);
  await fay.hangsUp();
  await Promise.all([ann.isTold('Call ended'), fay.isTold('Call ended')]);
});

test('Chromium rings Firefox', async ({ fay, person }) => {
  const ann = await person('Ann');
  await ann.videoCalls('Fay');
  await fay.isRungBy('Ann');
  await fay.takesTheirTime();
  await fay.acceptsWithVideo();
  await Promise.all([ann.isIn('active'), fay.isIn('active')]);
  await Promise.all([ann.seesAndHears(fay), fay.seesAndHears(ann)]);
  await ann.hangsUp();
  await Promise.all([ann.isTold('Call ended'), fay.isTold('Call ended')]);
});
