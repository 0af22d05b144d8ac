import { describe, expect, it } from 'vitest';
import type { Program } from '../../../src/agent/orchestrator/program.ts';
import { stopProgram } from '../../../src/agent/orchestrator/stop.ts';
import { RealSystem } from '../../../src/agent/real-system.ts';
import type { System } from '../../../src/agent/system.ts';
import { withOverrides } from '../../helpers/faulty-system.ts';

const PROGRAM: Program = {
  pid: 4_194_300,
  command: 'aw start',
  start: 'then',
  isSurelyOurs: true,
  unit: undefined,
  launch: undefined,
};

/** A machine with that program, which ends at this signal and at no other. */
function machine(platform: NodeJS.Platform, endsAt: 'SIGTERM' | 'SIGKILL') {
  const sent: string[] = [];
  let runs = true;
  const now: Partial<System> = {
    platform,
    isAlive: () => runs,
    processStart: () => 'then',
    endProcess: (_, signal) => {
      sent.push(signal);
      if (signal === endsAt) runs = false;
      return true;
    },
  };
  const system = withOverrides(new RealSystem({}), now);
  const consent = (endAtOnce: boolean) => ({
    programs: [],
    waitMs: 0,
    endAtOnce: () => {
      sent.push('asked');
      return Promise.resolve(endAtOnce);
    },
  });
  return { system, now, sent, consent };
}

describe('a program that is to stop', () => {
  it('is asked to end, and nobody is asked anything where it does', async () => {
    const { system, sent, consent } = machine('linux', 'SIGTERM');
    await stopProgram(system, PROGRAM, { ...consent(true), waitMs: 10_000 });
    expect(sent).toEqual(['SIGTERM']);
  });

  it('is ended at once only after a second yes', async () => {
    const no = machine('linux', 'SIGKILL');
    await expect(stopProgram(no.system, PROGRAM, no.consent(false))).rejects.toMatchObject({
      code: 'ORCHESTRATOR_NOT_STOPPED',
    });
    expect(no.sent).toEqual(['SIGTERM', 'asked']);
    const yes = machine('linux', 'SIGKILL');
    await stopProgram(yes.system, PROGRAM, yes.consent(true));
    expect(yes.sent).toEqual(['SIGTERM', 'asked', 'SIGKILL']);
  });

  it.each([
    ['is gone', { isAlive: () => false }],
    ['is another one of the same number', { processStart: () => 'later' }],
  ])('and %s when the second yes comes is not ended', async (_, meanwhile) => {
    const { system, now, sent, consent } = machine('linux', 'SIGKILL');
    const endAtOnce = () => {
      Object.assign(now, meanwhile);
      return Promise.resolve(true);
    };
    await stopProgram(system, PROGRAM, { ...consent(true), endAtOnce });
    expect(sent).toEqual(['SIGTERM']);
  });

  it('on Windows, where every signal ends at once, gets none before the second yes', async () => {
    const no = machine('win32', 'SIGKILL');
    await expect(stopProgram(no.system, PROGRAM, no.consent(false))).rejects.toMatchObject({
      code: 'ORCHESTRATOR_NOT_STOPPED',
    });
    expect(no.sent).toEqual(['asked']);
    const yes = machine('win32', 'SIGKILL');
    await stopProgram(yes.system, PROGRAM, yes.consent(true));
    expect(yes.sent).toEqual(['asked', 'SIGKILL']);
  });
});
