import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { AuditLog } from '../../../src/agent/channel/audit.ts';
import { CommandLedger } from '../../../src/agent/channel/command-ledger.ts';
import { Events } from '../../../src/agent/channel/events.ts';
import type { Identity } from '../../../src/agent/channel/identity.ts';
import { tellInterrupted } from '../../../src/agent/channel/interrupted-jobs.ts';
import { Spool } from '../../../src/agent/channel/spool.ts';
import { StoredPlans } from '../../../src/agent/jobs/stored-plans.ts';
import type { RunHooks } from '../../../src/agent/run/migrate.ts';
import { newestRun } from '../../../src/agent/run/run-record.ts';
import { readSettings } from '../../../src/agent/settings.ts';
import { buildTinyInstallation, type TinyInstallation } from '../../fixtures/tiny-installation.ts';
import { withOverrides } from '../../helpers/faulty-system.ts';
import { useTempFolder } from '../../helpers/temp.ts';
import { freshSystem, homeOf, migrateTiny, QUIET } from '../../helpers/tiny-migration.ts';
import { decode } from '../../protocol/forgery.ts';
import { A, AGENT, APP, B, BOT, DIGEST, GUILD, JOB, N, OWNER } from '../../protocol/parties.ts';

const folder = useTempFolder();
let tiny: TinyInstallation;

beforeEach(() => {
  tiny = buildTinyInstallation(folder(), 'none');
});

const identity: Identity = {
  key: A,
  agentId: AGENT,
  botId: BOT,
  bot: B.publicJwk,
  next: N.kid,
  app: APP,
  guild: GUILD,
  approvers: [OWNER.id],
  epoch: 1,
  hub: 'unix:/nowhere',
};

/** A job of this type was accepted, its run came as far as the hooks say, and then the process ended without a word. */
async function toldAtTheNextStart(type: 'apply' | 'resume' | 'undo', hooks: RunHooks) {
  const env = {
    HOME: tiny.home,
    PATH: '/nonexistent',
    MIGRATION_AGENT_HOME: tiny.agentHome,
    MIGRATION_BACKUP_DIR: tiny.backups,
  };
  const system = withOverrides(freshSystem(tiny), { env });
  await migrateTiny(freshSystem(tiny), tiny, hooks);
  const run = newestRun(system, homeOf(tiny))?.record.id ?? '';
  const at = (name: string) => join(folder(), name);
  const ledger = CommandLedger.open(system, at('commands'));
  const accepted = { t: 'job.run', decision: 'accepted', job: JOB, type, plan: DIGEST, run } as const;
  ledger.add({ seq: 1, at: system.now().toISOString(), raw: 'the command', ...accepted });
  const spool = Spool.open(system, at('events'));
  const audit = AuditLog.open(system, at('audit'));
  const lines: string[] = [];
  const settings = readSettings(system, {});
  const files = { ledger, spool, audit, plans: new StoredPlans(system, settings.home) };
  const notices = { notice: (line: string) => void lines.push(line) };
  const parts = { system, settings, notices, events: new Events(system, identity, spool), ...files };
  tellInterrupted(parts);
  tellInterrupted(parts);
  const told = spool.pending.map(({ raw }) => decode(raw).claims);
  for (const file of [ledger, spool, audit]) file.close();
  return { run, lines, told: told.map(({ t, body }) => ({ t, body })) };
}

const PAUSED = { ...QUIET, pauseAfter: 'backup' } as const;

describe('a job whose process ended before it could tell its end', () => {
  it.each(['apply', 'resume'] as const)('is told as paused once, if its run waits: %s', async (type) => {
    const { told, run, lines } = await toldAtTheNextStart(type, PAUSED);

    const result = { run, outcome: 'paused', after: 'backup', backup: { backup: 1 } };
    expect(told).toMatchObject([{ t: 'job.accepted' }, { t: 'job.done', body: { job: JOB, type, result } }]);
    expect(told).toHaveLength(2);
    expect(lines).toEqual([`${type}: paused, as it was told to`]);
  });

  it('is told as interrupted, if it was to take the waiting run back', async () => {
    const { told, run } = await toldAtTheNextStart('undo', PAUSED);

    expect(told[1]).toEqual({ t: 'job.interrupted', body: { job: JOB, run, phase: 'backup' } });
  });

  it('is told as interrupted, if its run stopped half-way', async () => {
    const isMade = () => newestRun(freshSystem(tiny), homeOf(tiny))?.state.done.has('make-backup') === true;
    const { told, run } = await toldAtTheNextStart('apply', { ...QUIET, stopAsked: isMade });

    expect(told[1]).toEqual({ t: 'job.interrupted', body: { job: JOB, run, phase: 'backup' } });
  });
});
