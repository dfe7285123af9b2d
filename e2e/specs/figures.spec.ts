// How somebody is received, for those who want to know: in words, graphs and figures.

import { photograph } from '../fixtures/album.ts';
import { expect, test } from '../fixtures/test.ts';

test('the menu of a tile tells how its person is received, to be read and copied', async ({ person }) => {
  const ann = await person('Ann');
  const bob = await person('Bob');
  await ann.videoCalls('Bob');
  await bob.acceptsWithVideo();
  await Promise.all([ann.seesAndHears(bob), bob.seesAndHears(ann)]);
  const origin = new URL(ann.page.url()).origin;
  await ann.context.grantPermissions(['microphone', 'camera', 'clipboard-read', 'clipboard-write'], { origin });

  await ann.participant('Bob').getByRole('button', { name: /Bob/ }).focus();
  await ann.page.keyboard.press('Enter');
  const figures = ann.page.getByRole('dialog');
  await figures.getByText('How Bob arrives').click();
  await expect(figures).toContainText('Bob arrives well.');
  await expect(figures).toContainText('You arrive there well.');
  await expect(figures, 'as his page says itself').toContainText(/Bob receives you: sound 4\.\d of 4\.5 \(MOS\), \d/, {
    timeout: 20_000,
  });
  await expect(figures.getByText(/^Direct, in the same network \(IPv[46]\)$/)).toBeVisible();
  await expect(figures.getByText('opus')).toBeVisible();
  await expect(figures.getByText(/^\d+\s×\s\d+$/)).toBeVisible();
  const graph = figures.locator('figure').filter({ hasText: 'Received' });
  await expect(graph).toContainText(/\d+\skb\/s/);
  await expect(graph.locator('path'), 'the graph grows').toHaveAttribute('d', /^M[\d. ]+(L[\d. ]+){4}/);

  await figures.getByRole('button', { name: 'Copy as text' }).click();
  await expect(figures.getByRole('status')).toHaveText('Copied');
  const text = await ann.page.evaluate(() => navigator.clipboard.readText());
  expect(text).toContain('Bob arrives well.\n');
  expect(text).toContain('\nBob receives you: sound 4.');
  expect(text).toMatch(/^Way: Direct, in the same network \(IPv[46]\)$/m);
  expect(text).toMatch(/^Received: \d+\skb\/s$/m);
  await photograph(ann.page, 'figures');

  await ann.page.keyboard.press('Escape');
  await expect(figures).toBeHidden();
  await ann.isIn('active');
});
