// How the networks are tried: one after the other, in a network of their own (`cargo xtask test net`), by their report alone.

import { defineConfig } from '@playwright/test';

export default defineConfig({
  testDir: '.',
  testMatch: '*.net.ts',
  outputDir: '../test-results/net',
  workers: 1,
  retries: 0,
  timeout: 300_000,
  reporter: [['list']],
});
