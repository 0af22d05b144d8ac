import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ANA, anAgent, anId, HOUR, MINUTE, START, type World } from './world.ts';

export function outboxConformance(world: () => World): void {
  const command = (agent: string, job: string | null = anId('job')) => ({
    agent,
    command: 'job.run',
    job,
    expiresAt: START + 15 * MINUTE,
  });

  describe('outbox', () => {
    it('has a command signed with its number and keeps the bytes', async () => {
      const { outbox } = world().records;
      const { id } = await anAgent(world());
      const job = anId('job');

      const row = await outbox.append(command(id, job), async ({ epoch, seq }) => `jws ${epoch}.${seq}`);

      expect(row).toEqual({
        ...command(id, job),
        epoch: 1,
        seq: 1,
        raw: 'jws 1.1',
        state: 'queued',
        createdAt: START,
        sentAt: null,
      });
      expect(await outbox.rowsAbove(id, 0)).toEqual([row]);
    });

    it('numbers the commands of each agent without gaps, in order, whatever fails in between', async () => {
      const { outbox } = world().records;
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.record({ agent: fc.nat(2), fails: fc.boolean() }), { maxLength: 25 }),
          async (appends) => {
            const agents = await Promise.all([0, 1, 2].map(() => anAgent(world())));
            const ids = agents.map(({ id }) => id);

            await Promise.all(
              appends.map(({ agent, fails }) =>
                outbox
                  .append(command(ids[agent] as string), ({ seq }) => {
                    if (fails) throw new Error('the key is not there');
                    return `jws ${seq}`;
                  })
                  .catch((error: Error) => expect(error.message).toBe('the key is not there')),
              ),
            );

            for (const [index, id] of ids.entries()) {
              const stored = appends.filter(({ agent, fails }) => agent === index && !fails).length;
              const expected = Array.from({ length: stored }, (_, at) => ({
                seq: at + 1,
                raw: `jws ${at + 1}`,
              }));
              const rows = await outbox.rowsAbove(id, 0);
              expect(rows.map(({ seq, raw }) => ({ seq, raw }))).toEqual(expected);
              const half = Math.floor(stored / 2);
              const above = await outbox.rowsAbove(id, half);
              expect(above.map(({ seq }) => seq)).toEqual(expected.slice(half).map(({ seq }) => seq));
            }
          },
        ),
        { numRuns: 15 },
      );
    });

    it('signs nothing for an agent that is suspended, revoked or unknown', async () => {
      const { agents, outbox } = world().records;
      const suspended = await anAgent(world());
      await agents.suspend(suspended.id, 1);
      const revoked = await anAgent(world());
      await agents.revoke(revoked.id, ANA);

      for (const id of [suspended.id, revoked.id, 'ag_none']) {
        const append = outbox.append(command(id), () => {
          throw new Error('signed');
        });
        expect(await append).toBeUndefined();
      }
    });

    it('sends what was sent before again, and no more what has an answer', async () => {
      const { outbox } = world().records;
      const { id } = await anAgent(world());
      const jobs = [anId('job'), anId('job'), anId('job')] as const;
      for (const job of jobs) await outbox.append(command(id, job), () => 'jws');

      expect(await outbox.markSent(id, 1)).toBe(true);
      expect(await outbox.markSent(id, 2)).toBe(true);
      expect(await outbox.settle(id, jobs[1], 'accepted')).toBe(true);

      const rows = await outbox.rowsAbove(id, 0);
      expect(rows.map(({ seq, state, sentAt }) => ({ seq, state, sentAt }))).toEqual([
        { seq: 1, state: 'sent', sentAt: START },
        { seq: 3, state: 'queued', sentAt: null },
      ]);
      expect(await outbox.markSent(id, 2)).toBe(false);
    });

    it('takes one answer for each job, and only from its agent', async () => {
      const { outbox } = world().records;
      const { id } = await anAgent(world());
      const other = await anAgent(world());
      const job = anId('job');
      await outbox.append(command(id, job), () => 'jws');

      expect(await outbox.settle(other.id, job, 'accepted')).toBe(false);
      expect(await outbox.settle(id, job, 'rejected')).toBe(true);
      expect(await outbox.settle(id, job, 'accepted')).toBe(false);
    });

    it('ends what has no answer at its expiry, tells it once and never sends it', async () => {
      const { outbox } = world().records;
      const { id } = await anAgent(world());
      const jobs = [anId('job'), anId('job')] as const;
      for (const job of jobs) await outbox.append(command(id, job), () => 'jws');
      await outbox.settle(id, jobs[0], 'accepted');
      expect(await outbox.expire()).toEqual([]);
      world().clock.now = START + 15 * MINUTE;

      expect(await outbox.rowsAbove(id, 0)).toEqual([]);
      expect(await outbox.expire()).toMatchObject([{ agent: id, seq: 2, job: jobs[1], state: 'expired' }]);
      expect(await outbox.expire()).toEqual([]);
    });

    it('believes an answer that comes after the expiry', async () => {
      const { outbox } = world().records;
      const { id } = await anAgent(world());
      const job = anId('job');
      await outbox.append(command(id, job), () => 'jws');
      world().clock.now += HOUR;
      await outbox.expire();

      expect(await outbox.settle(id, job, 'accepted')).toBe(true);
    });

    it('moves the numbers up and never down', async () => {
      const { outbox } = world().records;
      const { id } = await anAgent(world());

      expect(await outbox.raiseNumber(id, 2 ** 48 - 1)).toBe(true);
      expect(await outbox.raiseNumber(id, 7)).toBe(false);

      expect(await outbox.append(command(id), ({ seq }) => `jws ${seq}`)).toMatchObject({ seq: 2 ** 48 });
    });
  });
}
