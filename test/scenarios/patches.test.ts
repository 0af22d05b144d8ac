import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { askAgent, runAgent } from '../helpers/agent.ts';
import { treeDigest } from '../helpers/digest.ts';
import { makeReferenceHome } from '../helpers/reference-home.ts';
import { useTempFolder } from '../helpers/temp.ts';

describe('changes of the clone, with the real program', () => {
  const folder = useTempFolder();

  it('are listed and exported as patches that git applies; the clone stays as it is', () => {
    const { home, clone, path } = makeReferenceHome(join(folder(), 'home'), {});
    const git = (...args: string[]) => {
      const result = spawnSync(
        'git',
        ['-C', clone, '-c', 'user.name=A', '-c', 'user.email=a@example.org', ...args],
        {
          env: { PATH: '/usr/bin:/bin', HOME: '/nonexistent', GIT_CONFIG_NOSYSTEM: '1' },
          encoding: 'utf8',
        },
      );
      expect(result.status, result.stderr).toBe(0);
    };
    git('init', '-q', '-b', 'main');
    git('add', '-A');
    git('commit', '-qm', 'upstream');
    git('update-ref', 'refs/remotes/origin/main', 'HEAD');
    writeFileSync(join(clone, 'lib/discord_bot.py'), 'print("my bot")\n');
    git('commit', '-qam', 'My bot');
    writeFileSync(join(clone, 'scripts/orchestrator.py'), 'print("mine")\n');
    const before = treeDigest(clone);

    const out = join(home, 'kept');
    const { result } = askAgent<{ patches: { id: string; fate: string; exported: string | null }[] }>(
      home,
      ['patches', clone, '--export', out],
      { PATH: path },
    );

    expect(result.patches.map(({ fate, exported }) => [fate, exported])).toEqual([
      ['carry', '0001-my-bot.patch'],
      ['carry', '0002-edit-of-scripts-orchestrator-py.patch'],
    ]);
    expect(treeDigest(clone)).toBe(before);
    git('stash', '-q');
    git('checkout', '-q', 'refs/remotes/origin/main');
    git('am', '-q', join(out, '0001-my-bot.patch'));
    git('apply', join(out, '0002-edit-of-scripts-orchestrator-py.patch'));
    expect(readFileSync(join(clone, 'lib/discord_bot.py'), 'utf8')).toBe('print("my bot")\n');
    expect(readFileSync(join(clone, 'scripts/orchestrator.py'), 'utf8')).toBe('print("mine")\n');
    const again = askAgent(home, ['patches', clone, '--export', out], { PATH: path });
    expect(again.error?.name).toBe('PATCH_EXPORT_PLACE');
    expect(runAgent(home, ['patches', clone], { PATH: path }).stdout).toContain('Compared with origin/main');
  });
});
