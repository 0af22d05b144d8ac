import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { isNothingToDo } from '../../../src/agent/plan/plan.ts';
import { configOf, makeClone, planOf, rowOf, writeHome } from '../../helpers/plan.ts';
import { useTempFolder } from '../../helpers/temp.ts';

const temp = useTempFolder();
let clone: string;

beforeEach(() => {
  clone = makeClone(join(temp(), 'clone'), {
    'config.yml': 'tdd: {enabled: true}\nai: {model: gpt-4, warmth: 3}\n',
    '.dependency-config.yaml': 'pins: {a: 1, b: [x, y]}\n',
    '.env': 'WEB_PORT=8080\nAPI_PORT=9090\n',
  });
  writeHome(planOf(clone));
});

const homeFile = () => join(temp(), '.agent-workflow', 'config.yaml');

describe('what the installation says no more', () => {
  it('goes with its file, and nothing of it is left behind', () => {
    rmSync(join(clone, '.dependency-config.yaml'));

    const again = planOf(clone);

    expect(configOf(again)['legacy']).toEqual({
      'config.yml': { tdd: { enabled: true } },
      env: { WEB_PORT: '8080', API_PORT: '9090' },
    });
    expect(rowOf(again, 'migration/base.yaml#config.legacy.".dependency-config.yaml".pins.b.1').fate).toBe(
      'dropped',
    );
    writeHome(again);
    expect(isNothingToDo(planOf(clone))).toBe(true);
  });

  it('goes variable by variable from env files', () => {
    makeClone(clone, { '.env': 'API_PORT=9090\n' });

    expect(configOf(planOf(clone))).toMatchObject({ legacy: { env: { API_PORT: '9090' } } });
    expect(configOf(planOf(clone))['legacy']).not.toHaveProperty('env.WEB_PORT');
  });

  it('becomes nothing where the package does nothing by itself, and an unknown key of a known section goes', () => {
    makeClone(clone, { 'config.yml': 'tdd: {enabled: true}\n' });

    const provider = configOf(planOf(clone))['ai_provider'];

    expect(provider).toMatchObject({ model: null, credential_key: 'ai_provider_key' });
    expect(provider).not.toHaveProperty('warmth');
  });

  it('is no row and no change where the person took it out as well', () => {
    makeClone(clone, { 'config.yml': 'tdd: {enabled: true}\nai: {model: gpt-4}\n' });
    writeFileSync(homeFile(), readFileSync(homeFile(), 'utf8').replace(/^ +warmth: 3\n/m, ''));

    const again = planOf(clone);

    expect(again.rendered.config).toBe(undefined);
    expect(again.content.ledger.filter(({ item }) => item.startsWith('migration/'))).toEqual([]);
  });

  it('stays with a map of the person’s own beside it', () => {
    writeFileSync(
      homeFile(),
      readFileSync(homeFile(), 'utf8').replace('      a: 1\n', '      a: 1\n      mine: 2\n'),
    );
    rmSync(join(clone, '.dependency-config.yaml'));

    expect(configOf(planOf(clone))).toMatchObject({
      legacy: { '.dependency-config.yaml': { pins: { mine: 2 } } },
    });
  });

  it('stays while a settings file cannot be read: it may say it', () => {
    makeClone(clone, { 'config.yml': 'tdd: {enabled: true\n', '.env': '' });

    const again = planOf(clone, { answers: { 'file:config.yml': 'leave' } });

    expect(again.rendered.config).toBe(undefined);
    expect(again.content.ledger.filter(({ item }) => item.startsWith('migration/'))).toEqual([]);
  });
});
