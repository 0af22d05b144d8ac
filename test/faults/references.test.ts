import { readdirSync, readFileSync, rmSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { AgentHome } from '../../src/agent/agent-home.ts';
import { applyReferences, resumeReferences, undoReferences } from '../../src/agent/references/apply.ts';
import { type PlannedChange, plannedChanges } from '../../src/agent/references/change.ts';
import type { System } from '../../src/agent/system.ts';
import { AppError } from '../../src/shared/errors.ts';
import { put } from '../fixtures/write-files.ts';
import { describeTree } from '../helpers/digest.ts';
import {
  type Fault,
  faultySystem,
  REFUSABLE_CALLS,
  SimulatedCrash,
  WRITING_CALLS,
  withOverrides,
} from '../helpers/faulty-system.ts';
import { makeReferenceHome, quickReferencesIn, type ReferenceHome } from '../helpers/reference-home.ts';
import { useTempFolder } from '../helpers/temp.ts';

/** With AWM_DEEP every call fails in every way; else in one way each, in turn. */
const DEEP = process.env['AWM_DEEP'] === '1';
const isTurn = (at: number, turn: 0 | 1) => DEEP || at % 2 === turn;

const folder = useTempFolder('file');
const RC = 'alias a="python3 @@/scripts/orchestrator.py"\n';
const TAB = '@reboot cd @@ && python3 scripts/orchestrator.py\n';
/** The crontab is changed by a program: its call is one more point to be stopped at. */
const CALLS = [...WRITING_CALLS, 'run'] as const;

let pid = 200_000;

/** A process of its own, and a disk that is never waited for. */
function fresh(it: ReferenceHome): System {
  const mine = ++pid;
  return withOverrides(it.system(), {
    pid: mine,
    isAlive: (other) => other === mine,
    processStart: (other) => (other === mine ? `start of ${mine}` : undefined),
    syncData: () => {},
    syncFolder: () => {},
  });
}

interface Bench {
  readonly it: ReferenceHome;
  readonly home: AgentHome;
  readonly changes: readonly PlannedChange[];
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly calls: number;
  readonly refusable: number;
}

/** The person's files and their crontab; not the folders, whose times move. */
function state(it: ReferenceHome): string[] {
  const isTheirs = (line: string) => / file /.test(line) && !/^\.test-bin|migration-lock/.test(line);
  const files = describeTree(it.home).filter(isTheirs);
  return [...files.map((line) => line.replace(/ \d+ (?=[0-9a-f]{64}$)/, ' ')), it.crontab()];
}

function reset({ it, home }: Pick<Bench, 'it' | 'home'>): void {
  rmSync(home.path, { recursive: true, force: true });
  for (const name of readdirSync(it.home)) if (name.endsWith('.tmp')) rmSync(join(it.home, name));
  put(it.home, '.bashrc', RC.replaceAll('@@', it.clone), 0o640);
  utimesSync(join(it.home, '.bashrc'), 1_700_000_000, 1_700_000_000);
  put(it.home, '.test-bin/the-crontab', TAB.replaceAll('@@', it.clone), 0o600);
}

function bench(name: string): Bench {
  const it = makeReferenceHome(join(folder(), name), {}, TAB);
  const home = new AgentHome(join(folder(), `${name}-agent`));
  reset({ it, home });
  const before = state(it);
  const chosen = quickReferencesIn(it).references.filter((one) => one.state === 'patch');
  const changes = plannedChanges(it.system(), chosen);
  const counted = faultySystem(fresh(it), { calls: CALLS, at: 0, fault: 'crash' });
  const refusable = faultySystem(counted.system, { calls: REFUSABLE_CALLS, at: 0, fault: 'EIO' });
  applyReferences(refusable.system, home, { source: it.clone, target: it.target }, changes);
  return {
    it,
    home,
    changes,
    before,
    after: state(it),
    calls: counted.count(),
    refusable: refusable.count(),
  };
}

/** Applies until the given fault; what was thrown, and at which call. */
function applyUntil({ it, home, changes }: Bench, fault: Fault): { error: unknown; at: string } {
  const faulty = faultySystem(fresh(it), fault);
  const told = () => `${fault.fault} at ${fault.at}: ${faulty.failed()}`;
  try {
    applyReferences(faulty.system, home, { source: it.clone, target: it.target }, changes);
    return { error: undefined, at: told() };
  } catch (error) {
    return { error, at: told() };
  }
}

function tryTo(work: () => unknown): AppError | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}

describe('replacing references, ended at any call', () => {
  it('by the death of the process: it can be finished, with the same bytes', () => {
    const one = bench('finish');
    expect(one.calls).toBeGreaterThan(20);
    for (let at = 1; at <= one.calls; at++) {
      if (!isTurn(at, 0)) continue;
      reset(one);
      const ended = applyUntil(one, { calls: CALLS, at, fault: 'crash' });
      expect(ended.error, ended.at).toBeInstanceOf(SimulatedCrash);

      const resumed = tryTo(() => resumeReferences(fresh(one.it), one.home));

      const isThere = resumed === undefined;
      if (!isThere) expect(resumed.code, ended.at).toBe('REFERENCES_NOT_APPLIED');
      const now = state(one.it);
      expect([one.before, one.after], ended.at).toContainEqual(now);
      if (isThere) expect(now, ended.at).toEqual(one.after);
    }
  });

  it('by the death of the process: it can be taken back, to the bytes from before', () => {
    const one = bench('undo');
    for (let at = 1; at <= one.calls; at++) {
      if (!isTurn(at, 1)) continue;
      reset(one);
      const ended = applyUntil(one, { calls: CALLS, at, fault: 'crash' });

      const undone = tryTo(() => undoReferences(fresh(one.it), one.home, undefined));

      if (undone !== undefined) expect(undone.code, ended.at).toBe('REFERENCES_NOT_APPLIED');
      expect(state(one.it), ended.at).toEqual(one.before);
      expect(
        readdirSync(one.it.home).filter((name) => name.endsWith('.tmp')),
        ended.at,
      ).toEqual([]);
    }
  });

  it('by a disk that refuses: everything is as before, or the run says that it is open', () => {
    const one = bench('refuse');
    for (let at = 1; at <= one.refusable; at++) {
      for (const [turn, fault] of [
        [0, 'EIO'],
        [1, 'ENOSPC'],
      ] as const) {
        if (!isTurn(at, turn)) continue;
        reset(one);
        const ended = applyUntil(one, { calls: REFUSABLE_CALLS, at, fault });
        expect(ended.error, ended.at).toBeInstanceOf(AppError);

        if ((ended.error as AppError).code === 'REFERENCES_UNFINISHED')
          undoReferences(fresh(one.it), one.home, undefined);
        expect(state(one.it), ended.at).toEqual(one.before);
      }
    }
  });

  it('while it is taken back: the same command goes on with it', () => {
    const one = bench('undo-again');
    const faultless = faultySystem(fresh(one.it), { calls: CALLS, at: 0, fault: 'crash' });
    undoReferences(faultless.system, one.home, undefined);
    for (let at = 1; at <= faultless.count(); at++) {
      if (!isTurn(at, 1)) continue;
      reset(one);
      expect(applyUntil(one, { calls: CALLS, at: 0, fault: 'crash' }).error).toBeUndefined();
      const faulty = faultySystem(fresh(one.it), { calls: CALLS, at, fault: 'crash' });
      expect(() => undoReferences(faulty.system, one.home, undefined)).toThrow(SimulatedCrash);

      const again = tryTo(() => undoReferences(fresh(one.it), one.home, undefined));

      if (again !== undefined) expect(again.code, faulty.failed()).toBe('REFERENCES_NOT_APPLIED');
      expect(state(one.it), faulty.failed()).toEqual(one.before);
      expect(readFileSync(join(one.it.home, '.bashrc'), 'utf8'), faulty.failed()).toContain(
        'orchestrator.py',
      );
    }
  });
});
