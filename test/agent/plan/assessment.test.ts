import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { assess } from '../../../src/agent/plan/assessment.ts';
import { put } from '../../fixtures/write-files.ts';
import { NOTHING_AROUND } from '../../helpers/around.ts';
import { makeClone, planOf } from '../../helpers/plan.ts';
import { useTempFolder } from '../../helpers/temp.ts';

const temp = useTempFolder();

describe('the assessment', () => {
  it('of a bare installation is simple, and names the missing git and version', () => {
    const { configuration_complexity, installation_type, migration_risk, recommended_path } = assessed({});

    expect(installation_type).toMatchObject({ method: 'folder', layouts: ['documented'] });
    expect(configuration_complexity).toMatchObject({
      segment: { name: 'novice' },
      level: 'basic',
      score: 1,
      because: ['1 settings file of your own'],
    });
    expect(migration_risk.level).toBe('high');
    expect(recommended_path).toMatchObject({ path: 'guided', reasons: ['version-unknown'] });
    expect(recommended_path.automated_refused).toBe(undefined);
  });

  it('counts settings, agents, env files, projects and their state, and never a virtual environment', () => {
    put(temp(), 'work/api/.orch-state/backlog.json', '12345');
    const result = assessed({
      'config.yml': 'a: 1\nb: 2\n',
      'agent-a.yaml': 'x: 1\n',
      '.env': 'DISCORD_BOT_TOKEN=aaaaaaaa\nOPENAI_API_KEY=your_key_here\n',
      'projects/api.yaml': 'path: ~/work/api\n',
      'venv/pyvenv.cfg': '',
      'venv/big.bin': 'x'.repeat(100_000),
    });

    expect(result).toMatchObject({
      configuration_complexity: { level: 'moderate', score: 6 },
      projects: [{ name: 'api', exists: true, state_files: 1, state_bytes: 5 }],
      integrations: ['Discord'],
      customizations: { custom_agents: ['agent-a.yaml'] },
      data_volume: {
        state_bytes: 5,
        state_files: 1,
        by_category: { config: { files: 3 }, projects: { files: 1 }, custom: { files: 1 } },
      },
    });
    expect(result.data_volume.own_bytes).toBeLessThan(10_000);
  });

  it('with an open decision recommends to decide first', () => {
    const { migration_risk, recommended_path, findings } = assessed({ 'config.yml': 'a: "open\n' });

    expect(migration_risk).toMatchObject({ level: 'high' });
    expect(migration_risk.because).toContain('1 open decision');
    expect(recommended_path.path).toBe('decide first');
    expect(findings).toContainEqual(expect.objectContaining({ level: 'decision', file: 'config.yml' }));
  });

  it('names the changes of upstream and the lines outside that name the clone, each with a way out', () => {
    const plan = planOf(makeClone(join(temp(), 'clone')));
    const { customizations, findings } = assess(plan.survey, plan.content, {
      ...NOTHING_AROUND,
      patches: {
        git: 'read',
        upstream: 'origin/main',
        patches: [
          {
            id: 'edit-lib/a.py',
            kind: 'edit',
            files: ['lib/a.py'],
            line: 7,
            fate: 'carry',
            because: 'Upstream does not have it.',
            note: 'Keep it.',
            patch: () => Buffer.alloc(0),
          },
        ],
        more: 0,
      },
      references: {
        references: [
          {
            id: 'ref-0123456789',
            kind: 'cron',
            file: 'crontab',
            line: 3,
            text: '@reboot …',
            state: 'patch',
            edits: [],
          },
        ],
        blindSpots: [{ what: 'other crontabs', why: 'not readable', run: 'sudo grep x' }],
      },
    });

    expect(customizations.local_patches).toEqual([{ id: 'edit-lib/a.py', fate: 'carry' }]);
    expect(customizations.references).toEqual([
      { id: 'ref-0123456789', kind: 'cron', file: 'crontab', line: 3, state: 'patch' },
    ]);
    const told = findings.map(({ code, level, file, line, fix }) => [code, level, file, line, fix]);
    expect(told).toContainEqual([
      'local-patch',
      'warning',
      'lib/a.py',
      7,
      'Keep it as a patch: migration-agent patches --export DIR',
    ]);
    expect(told).toContainEqual([
      'reference-cron',
      'warning',
      'crontab',
      3,
      'Once migrated: migration-agent references apply ref-0123456789',
    ]);
    expect(told).toContainEqual([
      'not-looked-at',
      'info',
      undefined,
      undefined,
      'Run this to check: sudo grep x',
    ]);
  });
});

describe('findings', () => {
  it('say with what to go on, all that are more than a note', () => {
    const { findings } = assessed({
      'config.yml': 'a: "open\n',
      'projects/gone.yaml': 'path: /nowhere\n',
      '.env': 'A=1\nB\n',
    });
    expect(findings.length).toBeGreaterThan(3);
    expect(findings.filter(({ level, fix }) => level !== 'info' && fix === undefined)).toEqual([]);
  });

  it('count an orchestrator that runs, what is around, and what could not be looked at', () => {
    const plan = planOf(makeClone(join(temp(), 'clone')));
    const finding = { code: 'x', level: 'warning', message: 'm', fix: 'f' } as const;
    const spot = { what: 'there', why: 'closed', run: 'look' };
    const { machine, readiness } = NOTHING_AROUND;
    const { findings, migration_risk, installation_type } = assess(
      { ...plan.survey, running: { pid: 7, from: 'the list of processes' } },
      plan.content,
      {
        ...NOTHING_AROUND,
        machine: { ...machine, findings: [finding], blindSpots: [spot] },
        readiness: { ...readiness, ready: false, findings: [{ ...finding, code: 'y' }] },
      },
    );
    expect(findings.map(({ code }) => code)).toEqual(
      expect.arrayContaining(['orchestrator-running', 'x', 'y', 'not-looked-at']),
    );
    expect(migration_risk).toMatchObject({ level: 'high', ready: false, rollback_available: true });
    expect(installation_type.running?.pid).toBe(7);
  });
});

function assessed(files: Record<string, string>) {
  const plan = planOf(makeClone(join(temp(), 'clone'), files));
  return assess(plan.survey, plan.content, NOTHING_AROUND);
}
