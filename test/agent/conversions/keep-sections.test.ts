import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { put } from '../../fixtures/write-files.ts';
import { configOf, fatesOf, makeClone, planOf } from '../../helpers/plan.ts';
import { useTempFolder } from '../../helpers/temp.ts';

const temp = useTempFolder();

describe('unknown keys of known sections', () => {
  it('keep their names in the section that took over, and are said not to be in effect', () => {
    const plan = planWith({
      'config.yml': 'ai: {temperature: 0.5}\nsecurity: {blocked_commands: [sudo]}\ngithub: {org: x}\n',
      'discord-bot.config': 'bot: {name: Bot}\nserver: {template: t}\n',
    });

    expect(configOf(plan)).toMatchObject({
      ai_provider: { temperature: 0.5 },
      security: { blocked_commands: ['sudo'] },
      github: { org: 'x' },
      discord: { bot: { name: 'Bot' }, server: { template: 't' } },
    });
    expect(fatesOf(plan)).toMatchObject({
      'config.yml#ai.temperature': 'kept-unused config.yaml#ai_provider.temperature',
      'config.yml#security.blocked_commands.0': 'kept-unused config.yaml#security.blocked_commands.0',
    });
  });

  it('that two files state go to the section once, and the other one to legacy', () => {
    const plan = planWith({ 'config.yml': 'ai: {x: 1}\n', 'orchestrator.yaml': 'ai: {x: 2}\n' });

    expect(configOf(plan)).toMatchObject({
      ai_provider: { x: 1 },
      legacy: { 'orchestrator.yaml': { ai: { x: 2 } } },
    });
  });

  it.each([
    ['a key of the package itself', 'ai: {credential_key: mine}\n'],
    ['a section of the package itself', 'ai: {rate_limit: {burst: 2}}\n'],
    ['a key that is no text', 'ai: {1: one, true: yes}\n'],
  ])('that would take the place of %s go to legacy', (_, text) => {
    const plan = planWith({ 'config.yml': text });

    const rows = plan.content.ledger.filter(({ item }) => item.startsWith('config.yml#'));
    expect(rows.every(({ to }) => to?.startsWith('config.yaml#legacy."config.yml".ai.'))).toBe(true);
  });

  it('leave secrets out and keep the places of a list', () => {
    const plan = planWith({
      'config.yml': 'discord: {hooks: [{token: abcdefghijkl}, {name: b, token: mnopqrstuvwx, on: x}]}\n',
    });

    expect(configOf(plan)['discord']).toMatchObject({ hooks: [{}, { name: 'b' }] });
    expect(plan.content.ledger.filter(({ item }) => /hooks/.test(item)).map(({ item }) => item)).toEqual(
      expect.not.arrayContaining(['config.yml#discord.hooks.0']),
    );
  });

  it('never take the place of what the person’s own home says', () => {
    put(temp(), '.agent-workflow/config.yaml', 'ai_provider: {temperature: 1}\n');

    const plan = planWith({ 'config.yml': 'ai: {temperature: 0.5}\n' });

    expect(configOf(plan)).toMatchObject({
      ai_provider: { temperature: 1 },
      legacy: { 'config.yml': { ai: { temperature: 0.5 } } },
    });
  });
});

function planWith(files: Record<string, string>) {
  return planOf(makeClone(join(temp(), 'clone'), files));
}
