// How the benchmarks in a browser run: one after the other, and nothing in them is judged but by its report.

import { defineConfig } from '@playwright/test';

// Also what a service worker fetches counts as loaded.
process.env.PW_EXPERIMENTAL_SERVICE_WORKER_NETWORK_EVENTS = '1';

export default defineConfig({
  testDir: '.',
  testMatch: '*.bench.ts',
  outputDir: '../test-results/bench',
  workers: 1,
  retries: 0,
  timeout: 600_000,
  expect: { timeout: 30_000 },
  // A relay without a page shows nothing to press: that is said soon.
  use: { actionTimeout: 30_000 },
  reporter: [['line']],
});
