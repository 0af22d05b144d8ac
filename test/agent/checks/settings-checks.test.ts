import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { configCompleteness } from '../../../src/agent/checks/config-completeness.ts';
import { configSyntax } from '../../../src/agent/checks/config-syntax.ts';
import { effectiveValues } from '../../../src/agent/checks/effective-values.ts';
import { CHECKS } from '../../../src/agent/checks/index.ts';
import { put } from '../../fixtures/write-files.ts';
import { makeClone, planOf, writeHome } from '../../helpers/plan.ts';
import { useTempFolder } from '../../helpers/temp.ts';
import { lookAt, type PreparedHome, prepareHome } from './prepared-home.ts';

const temp = useTempFolder();

it('every check is content with a home as it should be, and says how many things it looked at', async () => {
  const home = prepareHome(temp());

  for (const check of CHECKS) {
    const result = await lookAt(check, home);
    expect(result, check.name).toMatchObject({ name: check.name, status: 'ok' });
    expect(result.done).toBe(result.of);
    expect(check.about).toMatch(/^\S.*\.$/);
  }
});

describe('config_syntax', () => {
  it.each(['config.yaml', 'projects/registry.yaml'])('is an error where %s cannot be loaded', async (rel) => {
    const home = prepareHome(temp());
    edit(home, rel, (text) => `${text}\nbroken: "open\n`);

    const result = await lookAt(configSyntax, home);

    expect(result).toMatchObject({ status: 'error', done: 1, of: 2 });
    expect(result.reason).toMatch(new RegExp(`^${rel}:\\d+: `));
  });

  it.each(['- a\n', 'text\n'])('is an error where config.yaml holds %j', async (content) => {
    const home = prepareHome(temp());
    edit(home, 'config.yaml', () => content);

    expect(await lookAt(configSyntax, home)).toMatchObject({ status: 'error' });
  });
});

describe('config_completeness', () => {
  it('is an error where a section is missing', async () => {
    const home = prepareHome(temp());
    edit(home, 'config.yaml', (text) => text.replace(/^security:$/m, 'safety:'));

    expect(await lookAt(configCompleteness, home)).toMatchObject({
      status: 'error',
      reason: 'section security is missing',
    });
  });

  it('is an error where an item has no fate', async () => {
    const home = prepareHome(temp());
    const ledger = home.plan.content.ledger.filter(({ item }) => item !== 'config.yml#other.a.1');
    const plan = { ...home.plan, content: { ...home.plan.content, ledger } };

    expect(await lookAt(configCompleteness, { ...home, plan })).toMatchObject({
      status: 'error',
      reason: 'config.yml#other.a.1 has no fate',
    });
  });

  it('is an error where the file is empty', async () => {
    const home = prepareHome(temp());
    edit(home, 'config.yaml', () => '');

    expect(await lookAt(configCompleteness, home)).toMatchObject({ status: 'error' });
  });
});

describe('effective_values', () => {
  it.each([
    ['config.yaml', 'default_mode: partial', 'default_mode: blocking', 'config.yml#orchestrator.mode'],
    ['config.yaml', 'guild_id: "5"', 'guild_id: 5', 'config.yml#discord.guild_id'],
    ['config.yaml', '- 2', '- "2"', 'config.yml#other.a.1'],
    ['config.yaml', 'DEBUG: "1"', 'DEBUG_: "1"', '.env#DEBUG'],
    ['projects/registry.yaml', '- x', '- y', 'projects/api.yaml#tags.0'],
  ])('in %s is an error where %s became %s', async (rel, from, to, item) => {
    const home = prepareHome(temp());
    edit(home, rel, (text) => {
      expect(text).toContain(from);
      return text.replace(from, to);
    });

    const result = await lookAt(effectiveValues, home);

    expect(result).toMatchObject({
      status: 'error',
      reason: expect.stringContaining(`${item} does not have`),
    });
    expect(result.of - result.done).toBe(1);
  });

  it('is an error where another secret than the old one would be used', async () => {
    const home = prepareHome(temp());
    const other = prepareHome(join(temp(), 'other'), { '.env': 'GITHUB_TOKEN=zyxwvutsrqpo\nDEBUG=1\n' });
    for (const name of ['credentials.key', 'credentials.enc'])
      writeFileSync(join(home.target, name), readFileSync(join(other.target, name)));

    expect(await lookAt(effectiveValues, home)).toMatchObject({
      status: 'error',
      reason: '.env#GITHUB_TOKEN does not have its value at credentials.enc#github_token',
    });
  });

  it('settles the old files by itself: a plan that took the wrong one of two is an error', async () => {
    const files = { 'orchestrator.yaml': 'orchestrator: {mode: autonomous}\n' };
    const home = prepareHome(temp(), files);
    edit(home, 'config.yaml', (text) => text.replace('default_mode: partial', 'default_mode: autonomous'));
    const { moves } = home.plan.draft;
    const wrong = moves.filter(({ item }) => item !== 'config.yml#orchestrator.mode');
    moves.splice(0, moves.length, ...wrong);

    expect(await lookAt(effectiveValues, home)).toMatchObject({
      status: 'error',
      reason: 'config.yml#orchestrator.mode does not have its value at config.yaml#global.default_mode',
    });
  });

  it('names what differs because the home goes first, and is no error then', async () => {
    const clone = makeClone(join(temp(), 'clone'), { 'config.yml': 'orchestrator: {mode: partial}\n' });
    const target = join(temp(), '.agent-workflow');
    put(target, 'config.yaml', 'global: {default_mode: blocking}\n');
    const plan = planOf(clone, { target });
    writeHome(plan);

    const result = await lookAt(effectiveValues, { plan, target });

    expect(result).toMatchObject({ status: 'info', reason: expect.stringContaining('orchestrator.mode') });
    expect(result.of - result.done).toBe(1);
  });
});

function edit({ target }: PreparedHome, rel: string, change: (text: string) => string): void {
  const path = join(target, rel);
  writeFileSync(path, change(readFileSync(path, 'utf8')));
}
