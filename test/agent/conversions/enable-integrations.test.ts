import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { put } from '../../fixtures/write-files.ts';
import { configOf, makeClone, planOf } from '../../helpers/plan.ts';
import { useTempFolder } from '../../helpers/temp.ts';

const temp = useTempFolder();

describe('integrations', () => {
  it.each([
    [{ '.env': 'DISCORD_BOT_TOKEN=aaaaaaaa\n' }, true, false],
    [{ 'config.yml': 'discord: {guild_id: 5}\n' }, true, false],
    [{ '.env': 'GITHUB_TOKEN=aaaaaaaa\n' }, false, true],
    [{ '.env': 'GITHUB_TOKEN=your_token_here\nDISCORD_BOT_TOKEN=\n' }, false, false],
    [{ '.env': 'DISCORD_BOT_TOKEN=aaaaaaaa\n', 'config.yml': 'discord: {enabled: false}\n' }, false, false],
  ])('with %j are enabled, Discord: %s, GitHub: %s', (files, discord, github) => {
    const plan = planOf(makeClone(join(temp(), 'clone'), files as Record<string, string>));

    expect(configOf(plan)).toMatchObject({ discord: { enabled: discord }, github: { enabled: github } });
  });

  it('that the person turned off in the new home stay off', () => {
    put(temp(), '.agent-workflow/config.yaml', 'discord: {enabled: false}\n');

    const plan = planOf(makeClone(join(temp(), 'clone'), { '.env': 'DISCORD_BOT_TOKEN=aaaaaaaa\n' }));

    expect(configOf(plan)).toMatchObject({ discord: { enabled: false } });
  });
});
