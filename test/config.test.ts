import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { SETTINGS } from '../src/agent/settings.ts';
import { loadConfig } from '../src/shared/load-config.ts';

it('config/agent.example.yml names every setting and loads as it is', () => {
  const file = join(import.meta.dirname, '../config/agent.example.yml');
  const values = loadConfig(SETTINGS, readFileSync(file, 'utf8'), file, {});
  expect(Object.keys(values)).toEqual(Object.keys(SETTINGS));
});
