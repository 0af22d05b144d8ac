import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AuditLog, verifyAudit } from '../../../src/agent/channel/audit.ts';
import { CommandLedger, type LedgerRecord } from '../../../src/agent/channel/command-ledger.ts';
import { RecordFile, readRecords } from '../../../src/agent/channel/record-file.ts';
import { Spool } from '../../../src/agent/channel/spool.ts';
import { NO_EVENT } from '../../../src/protocol/digest.ts';
import { signDurable } from '../../../src/protocol/events.ts';
import { PER_AGENT } from '../../../src/protocol/limits.ts';
import { withOverrides } from '../../helpers/faulty-system.ts';
import { systemAt } from '../../helpers/plan.ts';
import { useTempFolder } from '../../helpers/temp.ts';
import { A, AGENT, BOT } from '../../protocol/parties.ts';

const DAY = 86_400_000;
const folder = useTempFolder();
const system = () => systemAt(folder());
const later = (days: number) => withOverrides(system(), { now: () => new Date(Date.now() + days * DAY) });
const file = () => join(folder(), 'channel', 'records.ndjson');

describe('a file of records', () => {
  it('cut off at any byte gives the records before the cut, and goes on after them', () => {
    const written = [
      { n: 1, text: 'é\n"' },
      { n: 2, text: '' },
      { n: 3, text: ',"crc":"00000000"}' },
    ];
    const records = RecordFile.open<{ n: number; text: string }>(system(), file());
    for (const record of written) records.append(record);
    records.close();
    const bytes = readFileSync(file());
    fc.assert(
      fc.property(fc.nat(bytes.length), (cut) => {
        writeFileSync(file(), bytes);
        truncateSync(file(), cut);
        const again = RecordFile.open<{ n: number; text: string }>(system(), file());
        const whole = bytes.subarray(0, cut).toString('latin1').split('\n').length - 1;
        expect(again.records).toEqual(written.slice(0, whole));
        again.append({ n: 9, text: 'new' });
        again.close();
        expect(readRecords(system(), file())).toEqual([...written.slice(0, whole), { n: 9, text: 'new' }]);
      }),
      { numRuns: 60 },
    );
  });

  it('that is damaged before its end is not used', () => {
    const records = RecordFile.open<{ n: number }>(system(), file());
    for (const n of [1, 2]) records.append({ n });
    records.close();
    writeFileSync(file(), readFileSync(file(), 'utf8').replace('"n":1', '"n":7'));
    expect(() => RecordFile.open(system(), file())).toThrow(
      expect.objectContaining({
        code: 'CHANNEL_RECORDS_DAMAGED',
        params: expect.objectContaining({ record: 1 }),
      }),
    );
  });

  it('keeps nothing of a record that could not be written whole', () => {
    let isFull = false;
    const real = system();
    const filling = withOverrides(real, {
      syncData: (fd) => {
        if (isFull) throw Object.assign(new Error('no room'), { code: 'ENOSPC' });
        real.syncData(fd);
      },
    });
    const records = RecordFile.open<{ n: number }>(filling, file());
    records.append({ n: 1 });
    isFull = true;
    expect(() => records.append({ n: 2 })).toThrow('no room');
    isFull = false;
    records.append({ n: 3 });
    records.close();
    expect(readRecords(system(), file())).toEqual([{ n: 1 }, { n: 3 }]);
  });
});

describe('the ledger of commands', () => {
  const record = (changes: Partial<LedgerRecord>): LedgerRecord => ({
    seq: 1,
    at: new Date().toISOString(),
    t: 'job.run',
    decision: 'accepted',
    raw: `raw ${changes.seq ?? 1}`,
    ...changes,
  });

  it('remembers over a restart which number came last, and which plans and interactions are used up', () => {
    const ledger = CommandLedger.open(system(), file());
    ledger.add(record({ seq: 4, job: 'job_1', digest: 'd', plan: 'p1', interaction: 'i1' }));
    ledger.add(record({ seq: 9, job: 'job_2', decision: 'PLAN_STALE', plan: 'p2', interaction: 'i2' }));
    ledger.close();
    const again = CommandLedger.open(system(), file());
    expect(again.last).toBe(9);
    expect(again.job('job_1')).toMatchObject({ digest: 'd' });
    expect([again.isPlanUsed('p1'), again.isInteractionUsed('i1')]).toEqual([true, true]);
    expect([again.isPlanUsed('p2'), again.isInteractionUsed('i2')]).toEqual([false, false]);
    expect(again.accepted.map(({ job }) => job)).toEqual(['job_1']);
    again.close();
  });

  it('forgets after 90 days, but never the newest number', () => {
    const ledger = CommandLedger.open(system(), file());
    for (const seq of [1, 2, 3]) ledger.add(record({ seq, job: `job_${seq}`, interaction: `i${seq}` }));
    ledger.close();
    const kept = CommandLedger.open(later(89), file());
    expect(kept.isInteractionUsed('i1')).toBe(true);
    kept.close();
    const old = CommandLedger.open(later(91), file());
    expect([old.last, old.isInteractionUsed('i1')]).toEqual([3, false]);
    old.close();
  });
});

describe('the spool of events', () => {
  const add = (spool: Spool, job: string, t = 'job.accepted') => {
    const event = {
      t: 'job.accepted',
      body: { job: `job_019ab2c3-d4e5-7f60-8123-45678900000${job}` },
    } as const;
    const raw = signDurable(
      event,
      { agentId: AGENT, botId: BOT, epoch: 1, now: new Date(), ...spool.next },
      A,
    );
    spool.add({ seq: spool.next.seq, at: new Date().toISOString(), t, job, raw });
  };

  it('keeps its chain and what was not acknowledged over a restart', () => {
    const spool = Spool.open(system(), file());
    expect(spool.next).toEqual({ seq: 1, prev: NO_EVENT });
    for (const job of ['1', '2', '3']) add(spool, job);
    spool.acknowledge(2);
    spool.acknowledge(99);
    const { next } = spool;
    spool.close();
    const again = Spool.open(system(), file());
    expect(again.next).toEqual(next);
    expect(again.pending.map(({ seq }) => seq)).toEqual([3]);
    again.close();
  });

  it('forgets what is stored and old, and never where its chain stands', () => {
    const spool = Spool.open(system(), file());
    for (const job of ['1', '1', '2', '3']) add(spool, job);
    spool.acknowledge(4);
    const { next } = spool;
    spool.close();
    const fresh = Spool.open(system(), file());
    expect(fresh.newestOf('1')?.seq).toBe(2);
    fresh.close();
    const old = Spool.open(later(91), file());
    expect(old.next).toEqual(next);
    expect([old.newestOf('1'), old.newestOf('3')?.seq, old.pending.length]).toEqual([undefined, 4, 0]);
    old.close();
  });

  it('is full at 32 MiB of what was not acknowledged, and has room again after it was', () => {
    const spool = Spool.open(system(), file());
    const raw = `a.${'x'.repeat(PER_AGENT.spoolBytes - 2)}.b`;
    spool.add({ seq: 1, at: new Date().toISOString(), t: 'job.done', job: '1', raw });
    expect(spool.isFull).toBe(true);
    add(spool, '2');
    spool.acknowledge(2);
    expect(spool.isFull).toBe(false);
    spool.close();
  });
});

describe('the audit log', () => {
  const write = () => {
    const log = AuditLog.open(system(), file());
    for (const decision of ['accepted', 'REPLAY', 'done']) log.add({ what: 'command', decision });
    const { head } = log;
    log.close();
    return head;
  };

  it('verifies, and its head is what was told', () => {
    const head = write();
    expect(verifyAudit(system(), file())).toEqual({ ok: true, records: 3, head });
  });

  it.each([
    ['a record was taken out', (records: object[]) => records.toSpliced(1, 1), 3],
    [
      'a record was changed',
      (records: object[]) => records.with(1, { ...records[1], decision: 'accepted' }),
      3,
    ],
    ['records were exchanged', (records: object[]) => [records[0], records[2], records[1]] as object[], 3],
  ])('tells the first record that does not follow when %s', (_name, change, brokenAt) => {
    write();
    const records = RecordFile.open<object>(system(), file());
    records.replace(change([...records.records]));
    records.close();
    expect(verifyAudit(system(), file())).toMatchObject({ ok: false, brokenAt });
  });

  it('loses what is older than 90 days at its front, and still verifies', () => {
    write();
    const log = AuditLog.open(later(91), file());
    log.add({ what: 'connected' });
    log.close();
    expect(verifyAudit(system(), file())).toMatchObject({ ok: true, records: 2 });
  });
});
