import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openRecords } from '../../../../services/store/records/open-records.ts';
import type { Records } from '../../../../services/store/records/records.ts';
import { ANA, anAgent, anApproval, HOUR, presser, START, type World } from './conformance/world.ts';

const OTHER_PROCESS = join(import.meta.dirname, 'other-process.ts');

let folder: string;
let path: string;
let world: World;
const children: ChildProcess[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'records-'));
  path = join(folder, 'records.db');
  world = { clock: { now: START }, records: await open() };
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await world.records.close();
  rmSync(folder, { recursive: true });
});

function open(): Promise<Records> {
  return openRecords({ path, now: () => START });
}

/** Starts the other process and hands out the lines that it says. */
function start(...args: string[]): { child: ChildProcess; line: () => Promise<string> } {
  const child = spawn(process.execPath, ['--no-warnings', OTHER_PROCESS, path, ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  children.push(child);
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream })[Symbol.asyncIterator]();
  return { child, line: async () => String((await lines.next()).value) };
}

describe('another process', () => {
  it.each(['outbox', 'migration story', 'approval'])(
    'leaves nothing when it is killed in the middle of a transaction: %s',
    async (where) => {
      const agent = await anAgent(world);
      const { id } = await anApproval(world, agent);
      const { child, line } = start('die', where, agent.id, id);

      expect(await line()).toBe('in the middle');
      child.kill('SIGKILL');
      await once(child, 'exit');

      const after = await open();
      expect(await after.outbox.rowsAbove(agent.id, 0)).toEqual([]);
      expect(await after.stories.ofOwner(ANA)).toEqual([]);
      expect((await after.jobs.ofOwner(ANA)).map(({ type }) => type)).toEqual(['plan']);
      expect(await after.approvals.find(id, presser(ANA))).toMatchObject({ usedAt: null, interaction: null });
      const command = { agent: agent.id, command: 'job.run', job: null, expiresAt: START + HOUR };
      expect(await after.outbox.append(command, () => 'jws')).toMatchObject({ seq: 1 });
      await after.close();
    },
  );

  it('keeps what was committed before it was killed', async () => {
    const agent = await anAgent(world);
    const { child, line } = start('commit', agent.id);

    expect(await line()).toBe('committed');
    child.kill('SIGKILL');
    await once(child, 'exit');

    expect(await world.records.outbox.rowsAbove(agent.id, 0)).toMatchObject([{ seq: 1, raw: 'jws 1' }]);
  });

  it('gets an approval that two use at once only if the other one does not', async () => {
    const agent = await anAgent(world);
    const { id } = await anApproval(world, agent);
    const racers = ['1', '2', '3'].map((interaction) => start('use', id, interaction));
    for (const { line } of racers) expect(await line()).toBe('ready');

    for (const { child } of racers) child.stdin?.write('go\n');
    const used = await Promise.all(racers.map(({ line }) => line()));

    expect(used.toSorted()).toEqual(['false', 'false', 'true']);
  });

  it('shares the numbers of an agent without using one twice', async () => {
    const agent = await anAgent(world);
    const racers = ['a', 'b'].map((name) => start('append', agent.id, name));
    for (const { line } of racers) expect(await line()).toBe('ready');

    for (const { child } of racers) child.stdin?.write('go\n');
    for (const { line } of racers) expect(await line()).toBe('done');

    const rows = await world.records.outbox.rowsAbove(agent.id, 0);
    expect(rows.map(({ seq }) => seq)).toEqual(Array.from({ length: 40 }, (_, at) => at + 1));
    expect(rows.every(({ seq, raw }) => raw.endsWith(` ${seq}`))).toBe(true);
  });
});
