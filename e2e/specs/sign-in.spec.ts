// Who somebody is: a name given once, or a token of another product.

import { expect, test } from '../fixtures/test.ts';
import { ACCEPTS_TOKENS, claims, expiredClaims, pathWith, sign } from '../fixtures/tokens.ts';

test('the name is asked for once: after a reload the same person is there', async ({ person }) => {
  const ann = await person('Ann');
  const bob = await person('Bob');
  await expect(bob.button('Video call Ann')).toBeVisible();

  await ann.page.reload();
  await ann.isHome();
  await expect(ann.field('Your name')).toHaveCount(0);

  await expect(bob.button('Video call Ann')).toHaveCount(1);
  await bob.voiceCalls('Ann');
  await ann.isRungBy('Bob');
  await ann.declines();
});

test('an empty name is not taken', async ({ person }) => {
  const ann = await person('Ann', { at: '/' });
  await ann.field('Your name').fill('   ');
  await ann.presses('Continue');
  await expect(ann.field('Your name')).toBeVisible();
  await ann.givesName();
  await ann.isHome();
});

test('markup and a text of another direction in a name are only text', async ({ person }) => {
  const ann = await person('Ann');
  const name = '<img src=x onerror=alert(1)> \u202Eadam';
  await person(name);
  await expect(ann.page.getByRole('button', { name: /^Video call <img src=x onerror=alert\(1\)> adam$/ })).toBeVisible();
  await expect(ann.page.locator('img[src="x"]')).toHaveCount(0);
});

test.describe('with the tokens of another product', () => {
  test.use({ relayOptions: ACCEPTS_TOKENS });

  test('the token says who it is, and does not stay in the address', async ({ person }) => {
    const ann = await person('Ann', { at: pathWith(sign(claims('Ann'))) });
    await ann.isHome();
    const bob = await person('Bob', { at: pathWith(sign(claims('Bob'))) });
    await bob.isHome();
    expect(new URL(ann.page.url()).hash).toBe('');

    await ann.voiceCalls('Bob');
    await bob.isRungBy('Ann');
    await bob.accepts();
    await Promise.all([ann.hears(bob), bob.hears(ann)]);
  });

  for (const [what, token] of [
    ['wrong', sign(claims('Ann'), 'another secret that is long enough to be one')],
    ['expired', sign(expiredClaims('Ann'))],
  ] as const) {
    test(`a token that is ${what} is refused in words`, async ({ person }) => {
      const ann = await person('Ann', { at: pathWith(token) });
      // The browser's own line about the refused renewal.
      ann.complaints.expect(/status of 401/);
      await ann.isAlerted(/signed in|name/);
      await expect(ann.page.getByRole('region', { name: 'People here' })).toHaveCount(0);
      await ann.isIn('idle');
    });
  }
});
