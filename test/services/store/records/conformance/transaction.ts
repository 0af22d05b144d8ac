import { describe, expect, it } from 'vitest';
import { ANA, aJob, anAgent, HOUR, START, type World } from './world.ts';

export function transactionConformance(world: () => World): void {
  describe('a transaction', () => {
    it('keeps all of it', async () => {
      const { records } = world();
      const agent = await anAgent(world());

      const seq = await records.transaction(async (tables) => {
        await tables.settings.set(ANA.guild, 'one', 1);
        const command = { agent: agent.id, command: 'job.run', job: null, expiresAt: START + HOUR };
        return (await tables.outbox.append(command, () => 'jws'))?.seq;
      });

      expect(seq).toBe(1);
      expect(await records.settings.get(ANA.guild, 'one')).toBe(1);
      expect(await records.outbox.rowsAbove(agent.id, 0)).toHaveLength(1);
    });

    it('keeps nothing when it fails, and gives the number out again', async () => {
      const { records } = world();
      const agent = await anAgent(world());
      const command = { agent: agent.id, command: 'job.run', job: null, expiresAt: START + HOUR };
      const { id } = await aJob(world(), agent);

      const failing = records.transaction(async (tables) => {
        await tables.outbox.append(command, () => 'jws');
        await tables.jobs.move(agent.id, id, 'cancelled');
        await tables.settings.set(ANA.guild, 'one', 1);
        throw new Error('in the middle');
      });

      await expect(failing).rejects.toThrow('in the middle');
      expect(await records.settings.get(ANA.guild, 'one')).toBeUndefined();
      expect(await records.jobs.find(id, ANA)).toMatchObject({ state: 'queued' });
      expect(await records.outbox.append(command, () => 'jws')).toMatchObject({ seq: 1 });
    });

    it('ends before the database is closed', async () => {
      const { records } = world();
      const { promise, resolve } = Promise.withResolvers<void>();

      const working = records.transaction(async ({ settings }) => {
        await promise;
        await settings.set(ANA.guild, 'one', 1);
        return await settings.get(ANA.guild, 'one');
      });
      const closing = records.close();
      resolve();

      expect(await working).toBe(1);
      await closing;
      await expect(records.settings.get(ANA.guild, 'one')).rejects.toThrow();
    });
  });
}
