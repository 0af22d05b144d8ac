import { defineConfig } from 'vitest/config';

const project = (name: string, include: string[], extra: object = {}) => ({
  test: { name, include, testTimeout: 300_000, hookTimeout: 300_000, ...extra },
});

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      project('architecture', ['test/architecture.test.ts']),
      project(
        'unit',
        ['test/{agent,shared,protocol,services,commands,bot,playground}/**/*.test.ts', 'test/*.test.ts'],
        {
          exclude: ['test/architecture.test.ts', 'test/smoke.test.ts'],
        },
      ),
      project('smoke', ['test/smoke.test.ts']),
      project('scenarios', ['test/scenarios/**/*.test.ts'], { testTimeout: 300_000 }),
      project('browser', ['test/browser/**/*.test.ts'], {
        testTimeout: 300_000,
        expect: { poll: { timeout: 30_000 } },
      }),
      // With AWM_DEEP one test tries hundreds of points, each with a process or a whole run.
      project('faults', ['test/faults/**/*.test.ts'], {
        testTimeout: process.env['AWM_DEEP'] === '1' ? 6 * 3_600_000 : 900_000,
      }),
    ],
  },
});
