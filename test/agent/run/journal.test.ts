import * as fs from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RealSystem } from '../../../src/agent/real-system.ts';
import {
  type Entry,
  encodeEntry,
  evidenceOf,
  Journal,
  type JournalRecord,
  type Json,
  parseJournal,
  readJournal,
} from '../../../src/agent/run/journal.ts';
import { faultySystem } from '../../helpers/faulty-system.ts';
import { useTempFolder } from '../../helpers/temp.ts';

const folder = useTempFolder();
const system = new RealSystem();
const FILE = 'journal.ndjson';

const RECORDS: JournalRecord[] = [
  { type: 'begin' },
  { type: 'intent', step: 'make-backup' },
  { type: 'done', step: 'make-backup', data: { path: '/home/mara/übersicht\n"quoted"', files: 3 } },
  { type: 'failed', step: 'place', code: 'IO_ERROR', reason: 'the disk \u0000 said 🙈 no' },
];

function write(records: readonly JournalRecord[]): Buffer {
  const journal = Journal.open(system, folder(), 'run-1');
  for (const record of records) journal.add(record);
  journal.close();
  return fs.readFileSync(join(folder(), FILE));
}

function bare(entries: readonly Entry[]): object[] {
  return entries.map(({ n: _n, at: _at, ...record }) => record);
}

const step = fc.string({ unit: 'binary', maxLength: 20 });
const record: fc.Arbitrary<JournalRecord> = fc.oneof(
  fc.record({ type: fc.constantFrom('begin', 'resume', 'undo') }),
  fc.record({
    type: fc.constantFrom('intent', 'done', 'undone'),
    step,
    data: fc.jsonValue({ stringUnit: 'binary' }) as fc.Arbitrary<Json>,
  }),
  fc.record({ type: fc.constant('failed'), step, code: fc.string(), reason: fc.string({ unit: 'binary' }) }),
);

describe('A journal', () => {
  test('gives back what was added, also after it was closed and opened again', () => {
    write(RECORDS);
    const again = Journal.open(system, folder(), 'run-1');
    again.add({ type: 'resume' });
    again.close();
    const entries = readJournal(system, folder(), 'run-1');
    expect(bare(entries)).toEqual([...RECORDS, { type: 'resume' }]);
    expect(entries.map(({ n }) => n)).toEqual([1, 2, 3, 4, 5]);
    expect(fs.statSync(join(folder(), FILE)).mode & 0o777).toBe(0o600);
  });

  test('is empty where no run has written one', () => {
    expect(readJournal(system, folder(), 'run-1')).toEqual([]);
  });

  test('loses only its torn last line, at whatever byte a crash cut it', () => {
    const whole = write(RECORDS);
    const ends = [...whole.keys()].filter((at) => whole[at] === 0x0a).map((at) => at + 1);
    for (let length = 0; length <= whole.length; length++) {
      fs.writeFileSync(join(folder(), FILE), whole.subarray(0, length));
      const kept = ends.filter((end) => end <= length).length;
      const journal = Journal.open(system, folder(), 'run-1');
      expect(bare(journal.entries), `cut at ${length}`).toEqual(RECORDS.slice(0, kept));
      journal.add({ type: 'resume' });
      journal.close();
      expect(bare(readJournal(system, folder(), 'run-1')), `cut at ${length}`).toEqual([
        ...RECORDS.slice(0, kept),
        { type: 'resume' },
      ]);
    }
  });

  test('loses only its last line where a lost block of the disk left zeros behind it', () => {
    const whole = write(RECORDS);
    fs.writeFileSync(join(folder(), FILE), Buffer.concat([whole, Buffer.alloc(4096)]));
    const journal = Journal.open(system, folder(), 'run-1');
    journal.close();
    expect(bare(journal.entries)).toEqual(RECORDS);
    expect(fs.readFileSync(join(folder(), FILE))).toEqual(whole);
  });

  test('is damaged, with the number of the record, by any flipped bit before its last line', () => {
    const whole = write(RECORDS);
    const lastLine = whole.lastIndexOf(0x0a, whole.length - 2) + 1;
    for (let at = 0; at < lastLine; at++) {
      const damaged = Buffer.from(whole);
      damaged[at] = (damaged[at] as number) ^ (1 << (at % 7));
      const number = whole.subarray(0, at).filter((byte) => byte === 0x0a).length + 1;
      expect(() => parseJournal(damaged, 'run-1'), `byte ${at}`).toThrowError(
        expect.objectContaining({ code: 'JOURNAL_DAMAGED', params: { run: 'run-1', record: number } }),
      );
    }
  });

  test('is damaged where a whole record is missing in its middle', () => {
    const lines = write(RECORDS).toString('utf8').split('\n');
    const text = [lines[0], lines[2], lines[3], ''].join('\n');
    expect(() => parseJournal(Buffer.from(text), 'run-1')).toThrowError(
      expect.objectContaining({ code: 'JOURNAL_DAMAGED', params: { run: 'run-1', record: 2 } }),
    );
  });

  test('holds any record that JSON can hold', () => {
    fc.assert(
      fc.property(fc.array(record, { maxLength: 8 }), (records) => {
        const entries = records.map(
          (one, at): Entry => ({ n: at + 1, at: '2025-05-01T00:00:00.000Z', ...one }),
        );
        const bytes = Buffer.from(entries.map(encodeEntry).join(''));
        const parsed = parseJournal(bytes, 'run-1');
        expect(parsed.entries).toEqual(JSON.parse(JSON.stringify(entries)));
        expect(parsed.good).toBe(bytes.length);
      }),
    );
  });

  test('keeps the whole records of any journal that was cut anywhere', () => {
    fc.assert(
      fc.property(fc.array(record, { minLength: 1, maxLength: 6 }), fc.nat(), (records, cut) => {
        const lines = records.map((one, at) => encodeEntry({ n: at + 1, at: 'now', ...one } as Entry));
        const bytes = Buffer.from(lines.join(''));
        const { entries, good } = parseJournal(bytes.subarray(0, cut % bytes.length), 'run-1');
        expect(Buffer.from(lines.slice(0, entries.length).join('')).length).toBe(good);
        expect(good).toBeLessThanOrEqual(cut % bytes.length);
      }),
    );
  });

  test.each(['write', 'syncData'] as const)(
    'can go on after a record that a failed %s left half-way',
    (call) => {
      const faulty = faultySystem(system, { calls: [call], at: 2, fault: 'ENOSPC' });
      const journal = Journal.open(faulty.system, folder(), 'run-1');
      journal.add({ type: 'begin' });
      expect(() => journal.add({ type: 'intent', step: 'place' })).toThrowError('ENOSPC');
      expect(bare(readJournal(system, folder(), 'run-1'))).toEqual([{ type: 'begin' }]);
      journal.add({ type: 'failed', step: 'place', code: 'DISK_FULL', reason: 'full' });
      journal.close();
      expect(readJournal(system, folder(), 'run-1').map(({ type }) => type)).toEqual(['begin', 'failed']);
    },
  );

  test('is on the disk before it says so', () => {
    const calls: string[] = [];
    const noting = new Proxy(system, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== 'function') return value;
        return (...args: unknown[]) => {
          calls.push(String(name));
          return (value as (...all: unknown[]) => unknown).apply(target, args);
        };
      },
    });
    const journal = Journal.open(noting, folder(), 'run-1');
    calls.length = 0;
    journal.add({ type: 'begin' });
    journal.close();
    expect(calls.filter((name) => name !== 'now')).toEqual(['write', 'syncData', 'close']);
  });

  test('follows no link that lies in its place', () => {
    fs.writeFileSync(join(folder(), 'elsewhere'), 'mine');
    fs.symlinkSync(join(folder(), 'elsewhere'), join(folder(), FILE));
    expect(() => Journal.open(system, folder(), 'run-1')).toThrowError('ELOOP');
    expect(fs.readFileSync(join(folder(), 'elsewhere'), 'utf8')).toBe('mine');
  });
});

test('The evidence of a step is what it left when it was done last', () => {
  const entries = [
    { n: 1, at: '', type: 'done', step: 'a', data: 1 },
    { n: 2, at: '', type: 'done', step: 'b' },
    { n: 3, at: '', type: 'done', step: 'a', data: 2 },
  ] as Entry[];
  expect(evidenceOf(entries, 'a')).toBe(2);
  expect(evidenceOf(entries, 'b')).toBeNull();
  expect(evidenceOf(entries, 'c')).toBeUndefined();
});
