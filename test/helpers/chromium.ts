import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';

const PATHS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export interface OpenOptions {
  readonly width?: number;
  readonly height?: number;
  readonly colorScheme?: 'light' | 'dark';
}

/**
 * A function that opens a page in the system's chromium, each in a profile of its own. A test whose page reports an error
 * fails, also for what its content policy refused. Call it at the top of a file, after the hooks that stop what pages talk
 * to: hooks that clean up run in reverse, and pages go first.
 */
export function useChromium(): (url: string, options?: OpenOptions) => Promise<Page> {
  let browser: Browser;
  const errors: string[] = [];
  beforeAll(async () => {
    const executablePath = process.env['CHROMIUM'] ?? PATHS.find(existsSync);
    if (executablePath === undefined) throw new Error('No chromium is installed here.');
    browser = await chromium.launch({ executablePath, args: ARGS });
  });
  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
    expect(errors.splice(0)).toEqual([]);
  });
  afterAll(() => browser.close());
  return async (url, { width = 1440, height = 900, colorScheme = 'light' } = {}) => {
    const context = await browser.newContext({ viewport: { width, height }, colorScheme });
    const page = await context.newPage();
    page.setDefaultTimeout(150_000);
    page.on('pageerror', (error) => errors.push(String(error.stack)));
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') errors.push(message.text());
    });
    await page.goto(url);
    return page;
  };
}
