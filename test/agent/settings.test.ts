import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { RealSystem } from '../../src/agent/real-system.ts';
import { readSettings, SETTINGS } from '../../src/agent/settings.ts';
import { put } from '../fixtures/write-files.ts';
import { systemAt } from '../helpers/plan.ts';
import { useTempFolder } from '../helpers/temp.ts';

const temp = useTempFolder();
const HOME = '.local/state/migration-agent';

describe('the agent’s settings', () => {
  it('have defaults below the home folder', () => {
    const { home, target, backups } = readSettings(systemAt(temp()), {});

    expect(home.path).toBe(join(temp(), HOME));
    expect(home.run('run-1')).toBe(join(temp(), HOME, 'runs/run-1'));
    expect([target, backups]).toEqual([undefined, join(temp(), '.agent-workflow-backups')]);
  });

  it('come from the command line, else the environment, else the file', () => {
    put(temp(), `${HOME}/config.yml`, 'config_dir: /file/target\nbackup_dir: /file/backups\n');
    const env = { AGENT_WORKFLOW_CONFIG_DIR: '/env/target' };

    const read = readSettings(systemAt(temp(), env), {});
    const asked = readSettings(systemAt(temp(), env), { target: '/flag/target', backups: '/flag/backups' });

    expect([read.target, read.backups]).toEqual(['/env/target', '/file/backups']);
    expect([asked.target, asked.backups]).toEqual(['/flag/target', '/flag/backups']);
  });

  it('are absolute paths: ~ is the home folder, and others start where the command was typed', () => {
    const system = systemAt(temp());

    const read = readSettings(system, { target: '~/home', backups: 'backups/../b' });

    expect([read.target, read.backups]).toEqual([join(temp(), 'home'), join(system.cwd, 'b')]);
    expect(readSettings(system, { target: '~' }).target).toBe(temp());
  });

  it('may have their own home elsewhere', () => {
    const system = new RealSystem({ HOME: temp(), MIGRATION_AGENT_HOME: '~/agent' });
    put(temp(), 'agent/config.yml', 'backup_dir: ~/kept\n');

    expect(readSettings(system, {})).toMatchObject({
      home: { path: join(temp(), 'agent') },
      backups: join(temp(), 'kept'),
    });
  });

  it('with an unknown key say which, and which there are', () => {
    put(temp(), `${HOME}/config.yml`, 'backupdir: /x\n');

    expect(() => readSettings(systemAt(temp()), {})).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INVALID',
        file: join(temp(), HOME, 'config.yml'),
        message: expect.stringContaining(Object.keys(SETTINGS).join(', ')),
      }),
    );
  });
});
