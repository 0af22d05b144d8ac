import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { SETTINGS } from '../src/agent/settings.ts';
import { loadConfig } from '../src/shared/load-config.ts';

it('config/agent.example.yml names every setting and loads as it is', () => {
  const file = join(import.meta.dirname, '../config/agent.example.yml');
  const text = readFileSync(file, 'utf8');
  const values = loadConfig(SETTINGS, text, file, {});
  expect([...text.matchAll(/^(\w+):/gm)].map(([, key]) => key)).toEqual(Object.keys(SETTINGS));
  // A key that stood here would open the backups of everybody who copies it.
  expect(values.backup_recipient).toBeUndefined();
});
