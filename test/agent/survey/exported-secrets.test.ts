import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findExportedSecrets } from '../../../src/agent/survey/exported-secrets.ts';
import { put } from '../../fixtures/write-files.ts';
import { ForbiddingSystem } from '../../helpers/machines.ts';
import { systemAt } from '../../helpers/plan.ts';
import { useTempFolder } from '../../helpers/temp.ts';

const temp = useTempFolder();

const found = (env: Readonly<Record<string, string>> = {}) =>
  findExportedSecrets(systemAt(temp(), env)).map(({ code, file, line, message }) => ({
    code,
    name: message.split(' ')[0],
    ...(file === undefined ? {} : { at: `${file.slice(temp().length + 1)}:${line}` }),
  }));

describe('secrets that a shell exports', () => {
  it('are named with file and line, in sh and in fish, and never with their value', () => {
    put(temp(), '.bashrc', '# mine\nexport GITHUB_TOKEN="ghp_hidden"\n  export EDITOR=vi\n');
    put(temp(), '.config/fish/config.fish', 'set -gx OPENAI_API_KEY sk-hidden\nset -g JWT_SECRET local\n');

    expect(found()).toEqual([
      { code: 'shell-export', name: 'GITHUB_TOKEN', at: '.bashrc:2' },
      { code: 'shell-export', name: 'OPENAI_API_KEY', at: '.config/fish/config.fish:1' },
    ]);
    expect(JSON.stringify(findExportedSecrets(systemAt(temp())))).not.toContain('hidden');
  });

  it('are found behind a link, and not where a line only speaks of them', () => {
    put(
      temp(),
      'dotfiles/zshrc',
      '# export GITHUB_TOKEN=x\nunset GITHUB_TOKEN\nexport DISCORD_BOT_TOKEN=x\n',
    );
    symlinkSync(join(temp(), 'dotfiles/zshrc'), join(temp(), '.zshrc'));

    expect(found()).toEqual([{ code: 'shell-export', name: 'DISCORD_BOT_TOKEN', at: '.zshrc:3' }]);
  });

  it('are told of the environment too, once', () => {
    put(temp(), '.profile', 'export GITHUB_TOKEN=x\n');

    expect(found({ GITHUB_TOKEN: 'x', ANTHROPIC_API_KEY: 'x', DEBUG: '1' })).toEqual([
      { code: 'shell-export', name: 'GITHUB_TOKEN', at: '.profile:1' },
      { code: 'environment-secret', name: 'ANTHROPIC_API_KEY' },
    ]);
  });

  it('are passed over where the file is a folder, too large or may not be read', () => {
    put(temp(), '.bashrc/file', '');
    put(temp(), '.profile', `export GITHUB_TOKEN=x\n${'#'.repeat(1 << 20)}`);
    put(temp(), '.zshrc', 'export GITHUB_TOKEN=x\n');
    const system = new ForbiddingSystem({ HOME: temp() }, (path) => path.endsWith('.zshrc'));

    expect(findExportedSecrets(system)).toEqual([]);
  });
});
