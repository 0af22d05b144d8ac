import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { LedgerRow } from '../../../src/agent/plan/ledger.ts';
import type { PlanContent } from '../../../src/agent/plan/plan.ts';
import { inWords, toldInWords } from '../../../src/agent/run/in-words.ts';
import { planMigration } from '../../../src/agent/run/plan-migration.ts';
import { renderReport } from '../../../src/agent/run/report.ts';
import { AppError } from '../../../src/shared/errors.ts';
import { buildTinyInstallation } from '../../fixtures/tiny-installation.ts';
import { SimulatedCrash, systemError } from '../../helpers/faulty-system.ts';
import { useTempFolder } from '../../helpers/temp.ts';
import { freshSystem } from '../../helpers/tiny-migration.ts';

const folder = useTempFolder();
const BACKUP = { path: '/backups/one', files: 6, bytes: 387 };

function contentWith(ledger?: readonly LedgerRow[]): PlanContent {
  const tiny = buildTinyInstallation(join(folder(), 'tiny'), 'none');
  const request = { source: tiny.clone, target: tiny.target, backups: tiny.backups, answers: new Map() };
  const { content } = planMigration(freshSystem(tiny), request);
  return ledger === undefined ? content : { ...content, ledger };
}

describe('The report of a run', () => {
  test('has a row for each item with its fate, and for each check with its figure', () => {
    const content = contentWith();
    const report = renderReport(
      content,
      [{ name: 'config_syntax', status: 'ok', done: 2, of: 2, unit: 'files' }],
      BACKUP,
    );
    for (const { item } of content.ledger) expect(report).toContain(`| ${item} |`);
    expect(report).toContain('| config_syntax | ok | 2 of 2 files |  |');
    expect(report).toContain('- Backup: /backups/one (6 files, 387 bytes)');
  });

  test('keeps each row one row, whatever a file is called', () => {
    const name = 'a|b\n| forged | moved |\u001b[31m\u202e.md';
    const report = renderReport(
      contentWith([{ kind: 'file', item: name, fate: 'left', note: 'x\r\n# forged' }]),
      [{ name: 'c', status: 'error', done: 0, of: 1, unit: 'files', reason: `${name} is wrong` }],
      BACKUP,
    );
    const lines = report.split('\n');
    expect(lines.filter((line) => line.includes('forged'))).toHaveLength(2);
    expect(lines.some((line) => /^(\| forged|# forged)/.test(line))).toBe(false);
    expect([...report].some((char) => char !== '\n' && char < ' ')).toBe(false);
    expect(report).not.toContain('\u202e');
  });
});

describe('The report of what was stored', () => {
  test('says by provider where each secret is made anew, by its name in the store', () => {
    const report = renderReport(contentWith(), [], BACKUP);

    expect(report).toMatch(/\| Discord \| discord_bot_token \| discord\.com\/developers/);
    expect(report).toMatch(/\| Claude \| ai_provider_key \| console\.anthropic\.com/);
  });

  test('says what to do at a provider that is only known by name, and nothing where there are no secrets', () => {
    const content = contentWith([
      { kind: 'secret', item: 'x#a', fate: 'mapped', to: 'credentials.enc#groq_api_key' },
      { kind: 'secret', item: 'x#b', fate: 'dropped' },
    ]);
    const stored = { phase: 'credentials', action: 'store', what: 'groq_api_key', provider: 'groq' } as const;

    expect(renderReport({ ...content, actions: [stored] }, [], BACKUP)).toContain(
      '| Groq | groq_api_key | in the',
    );
    expect(renderReport(contentWith([]), [], BACKUP)).not.toContain('Make new keys');
  });
});

describe('An error of the operating system', () => {
  test.each([
    ['ENOSPC', 'DISK_FULL'],
    ['EDQUOT', 'DISK_FULL'],
    ['EACCES', 'NO_PERMISSION'],
    ['EPERM', 'NO_PERMISSION'],
    ['EROFS', 'NO_PERMISSION'],
    ['EIO', 'IO_ERROR'],
    ['ENAMETOOLONG', 'IO_ERROR'],
    ['ESTALE', 'IO_ERROR'],
  ])('%s is told as %s, with a place', (errno, code) => {
    const told = inWords(systemError(errno, 'write'), '/home/mara/.agent-workflow');
    expect(told.code).toBe(code);
    expect(told.message).toContain('/home/mara/.agent-workflow');
    expect(told.message).not.toMatch(/\{\w+\}/);
  });

  test('keeps its own words where it has some, and names its own path', () => {
    const own = new AppError('LOCKED', { pid: 1, path: '/x' });
    expect(inWords(own, '/y')).toBe(own);
    expect(inWords(Object.assign(systemError('EACCES', 'open'), { path: '/z' }), '/y').message).toContain(
      '/z',
    );
  });

  test('is not what a fault of ours is told as, nor a crash', async () => {
    const faults = [
      new TypeError('ours'),
      new SimulatedCrash('dead'),
      Object.assign(new Error('Node says no'), { code: 'ERR_INVALID_ARG_TYPE' }),
    ];
    for (const fault of faults) {
      expect(() => inWords(fault, '/x')).toThrowError(fault);
      await expect(toldInWords('/x', () => Promise.reject(fault))).rejects.toBe(fault);
    }
  });
});
