import { appendFileSync, chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { buildTinyInstallation, type TinyInstallation } from '../fixtures/tiny-installation.ts';
import { put } from '../fixtures/write-files.ts';
import { askAgent, type Envelope, runAgent } from '../helpers/agent.ts';
import { findCanaries } from '../helpers/canaries.ts';
import { useTempFolder } from '../helpers/temp.ts';

interface Checked {
  readonly checks: readonly { name: string; status: string; reason?: string; cause?: string }[];
}

interface Verified extends Checked {
  readonly verdict: string;
  readonly home: { changed: string[]; gone: string[]; added: string[]; of: number; same: number };
  readonly source: { changed: string[] };
  readonly backup: string;
}

describe('health and the receipt, with the real program', () => {
  const folder = useTempFolder();
  let tiny: TinyInstallation;

  beforeEach(() => {
    tiny = buildTinyInstallation(folder(), 'none');
    expect(runAgent(tiny.home, ['migrate-from-git', tiny.clone, '--automated', '--yes']).exit).toBe(0);
  });

  const health = (): Envelope<Checked> => askAgent<Checked>(tiny.home, ['health', '--check-all']);
  const verify = (...more: string[]): Envelope<Verified> =>
    askAgent<Verified>(tiny.home, ['verify-receipt', ...more]);
  const statusOf = ({ result }: Envelope<Checked>, name: string) =>
    result.checks.find((check) => check.name === name);

  it('of a home that was just made find nothing wrong, and the receipt says that nothing changed', () => {
    const checked = health();
    expect(checked.ok).toBe(true);
    expect(checked.result.checks.map(({ name, status }) => `${name} ${status}`)).toEqual([
      'config_syntax ok',
      'config_completeness ok',
      'effective_values ok',
      'project_discovery ok',
      'state_preservation ok',
      'credential_migration ok',
      'agent_permissions ok',
      'backup_integrity ok',
      'command_functionality warning',
    ]);
    expect(runAgent(tiny.home, ['health']).stdout).not.toContain('backup_integrity');

    const { ok, result } = verify();
    expect(ok).toBe(true);
    expect(result).toMatchObject({
      verdict: 'as-finished',
      backup: 'same',
      home: { changed: [], gone: [], added: [] },
    });
    expect(result.home.same).toBe(result.home.of);
    expect(findCanaries(join(tiny.target, 'migration'), tiny.canaries)).toEqual([]);
  });

  it('name what was changed since as drift, and what is broken by it as an error', () => {
    appendFileSync(join(tiny.target, 'config.yaml'), '"open: [\n');
    chmodSync(join(tiny.target, 'credentials.enc'), 0o644);
    put(tiny.target, 'agents/new.yaml', 'name: new\n');
    appendFileSync(join(tiny.clone, '.env'), 'NEW=1\n');

    const checked = health();
    expect(checked).toMatchObject({ ok: false, exit: 1, error: { name: 'HEALTH_PROBLEMS' } });
    expect(statusOf(checked, 'config_syntax')).toMatchObject({ status: 'error' });
    expect(statusOf(checked, 'credential_migration')?.reason).toMatch(/other users/);
    const verified = verify();
    expect(verified.result.home).toMatchObject({
      changed: ['config.yaml', 'credentials.enc'],
      added: ['agents/new.yaml'],
    });
    expect(verified.result.source.changed).toEqual(['.env']);
    expect(verified.result.verdict).toBe('drift');
    expect(statusOf(verified, 'config_syntax')).toMatchObject({ cause: 'drift' });
  });

  it('without a run look at the home all the same', () => {
    const elsewhere = {
      MIGRATION_AGENT_HOME: join(folder(), 'other-agent'),
      MIGRATION_BACKUP_DIR: join(folder(), 'none'),
    };
    const { ok, result } = askAgent<Checked & { run: null }>(tiny.home, ['health', '--check-all'], elsewhere);

    expect({ ok, run: result.run }).toEqual({ ok: true, run: null });
    expect(result.checks.filter(({ status }) => status === 'skipped').map(({ name }) => name)).toEqual([
      'effective_values',
      'backup_integrity',
    ]);
    expect(askAgent(tiny.home, ['verify-receipt'], elsewhere).error?.name).toBe('RECEIPT_UNPROVEN');
    expect(askAgent(tiny.home, ['health', '--target', join(folder(), 'none')]).error?.name).toBe(
      'HOME_MISSING',
    );
  });

  it('believe no receipt that was changed, that is none, or that is not there', () => {
    const path = join(tiny.target, 'migration/receipt.json');
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, text.replace('"status": "ok"', '"status": "error"'));
    expect(verify().error).toMatchObject({
      name: 'RECEIPT_UNPROVEN',
      message: expect.stringMatching(/changed after/),
    });
    writeFileSync(path, '[]');
    expect(verify().error?.name).toBe('RECEIPT_UNPROVEN');
    // Other white space is the same receipt.
    writeFileSync(path, JSON.stringify(JSON.parse(text)));
    expect(verify().ok).toBe(true);
    expect(verify(join(folder(), 'no.json')).error?.name).toBe('RECEIPT_MISSING');
  });
});
