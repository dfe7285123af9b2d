// Every way in which a ring comes to nothing, as both sides see it.

import { expect, test } from '../fixtures/test.ts';

test('declined', async ({ person }) => {
  const ann = await person('Ann');
  const bob = await person('Bob');
  await ann.videoCalls('Bob');
  await bob.isRungBy('Ann');
  await bob.declines();
  await ann.isTold('They declined');
  await bob.isNotRung();
  await ann.presses('Done');
  await ann.isHome();
});

test('cancelled by the caller', async ({ person }) => {
  const ann = await person('Ann');
  const bob = await person('Bob');
  await ann.voiceCalls('Bob');
  await bob.isRungBy('Ann');
  await ann.hangsUp();
  await bob.isNotRung();
  await ann.isTold('Call cancelled');
});

test('the caller closes the tab', async ({ person }) => {
  const ann = await person('Ann');
  const bob = await person('Bob');
  await ann.voiceCalls('Bob');
  await bob.isRungBy('Ann');
  await ann.page.close();
  await bob.isNotRung();
});

test('the other closes the tab in a call', async ({ person }) => {
  const ann = await person('Ann');
  const bob = await person('Bob');
  await ann.voiceCalls('Bob');
  await bob.isRungBy('Ann');
  await bob.accepts();
  await ann.hears(bob);
  await bob.page.close({ runBeforeUnload: true });
  await expect(ann.main).toHaveAttribute('data-call-state', /reconnecting|ended/);
});

test.describe('with a short ring', () => {
  test.use({ relayOptions: ['--ring-seconds', '2'] });

  test('missed', async ({ person }) => {
    const ann = await person('Ann');
    const bob = await person('Bob');
    await ann.videoCalls('Bob');
    await bob.isRungBy('Ann');
    await ann.isTold('No answer');
    await bob.isNotRung();
    await bob.hasMissedCallFrom('Ann');
  });
});

test('busy: somebody in a call who wants no second one cannot be rung by a third', async ({ person }) => {
  const ann = await person('Ann');
  const bob = await person('Bob');
  const cleo = await person('Cleo');
  await ann.voiceCalls('Bob');
  await bob.isRungBy('Ann');
  await bob.accepts();
  await Promise.all([ann.hears(bob), bob.hears(ann)]);
  await bob.opensSettings();
  await bob.page.getByRole('switch', { name: /^Call waiting/ }).uncheck();
  await bob.presses('Close');

  await cleo.voiceCalls('Bob');
  await cleo.isTold('Busy');
  await Promise.all([ann.isIn('active'), bob.isIn('active')]);
  await ann.hears(bob);
});
