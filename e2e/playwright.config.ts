// How the suite runs. It takes its browsers and the relay from the machine: see `fixtures/settings.ts`.

import { defineConfig } from '@playwright/test';

import { ALBUM } from './fixtures/settings.ts';

export default defineConfig({
  testDir: 'specs',
  // It proves nothing, and takes pictures for minutes.
  testIgnore: ALBUM ? [] : '**/album.spec.ts',
  outputDir: 'test-results/artifacts',
  fullyParallel: true,
  // Every worker runs up to three browsers that encode and decode video. Two workers on two cores take two thirds of the time,
  // and then a browser now and then sends a smaller picture for a while, because its machine is busy, where a whole one is
  // waited for.
  workers: Number(process.env.E2E_WORKERS ?? 1),
  forbidOnly: process.env.CI !== undefined,
  // A call that only works the second time is a fault.
  retries: 0,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  reporter: [['list'], ['json', { outputFile: 'test-results/results.json' }]],
});
