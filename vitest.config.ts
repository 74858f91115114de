import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'bench/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    // The tests that walk all analyses take a minute on a busy machine; this is for what hangs.
    testTimeout: 240_000,
    hookTimeout: 240_000,
    // Read before the pool starts its threads; see runtime.env.
    env: { UV_THREADPOOL_SIZE: '16' },
    reporters: ['default', './test/closing-line.ts'],
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      exclude: ['src/**/*.test.ts'],
      reporter: ['text-summary', 'json-summary'],
      thresholds: { lines: 90, branches: 90, functions: 90, statements: 90 },
    },
  },
});
