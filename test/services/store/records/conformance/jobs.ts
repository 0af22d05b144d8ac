import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JobState } from '../../../../../services/store/records/database.ts';
import {
  isEnd,
  JOB_STATES,
  JOB_TRANSITIONS,
  mayMove,
} from '../../../../../services/store/records/job-states.ts';
import { ANA, aJob, anAgent, anId, BEN, MINUTE, START, STRANGERS, type World } from './world.ts';

export function jobsConformance(world: () => World): void {
  describe('jobs', () => {
    it('keeps a new job as queued', async () => {
      const { jobs } = world().records;
      const agent = await anAgent(world());
      const id = anId('job');

      await jobs.create({ id, agent: agent.id, type: 'assess', ...ANA, actor: ANA.owner });

      expect(await jobs.find(id, ANA)).toEqual({
        id,
        agent: agent.id,
        type: 'assess',
        ...ANA,
        actor: ANA.owner,
        state: 'queued',
        plan: null,
        result: null,
        errorCode: null,
        createdAt: START,
        endedAt: null,
      });
    });

    it.each(STRANGERS)('shows a job to nobody else: %o', async (stranger) => {
      const { jobs } = world().records;
      const { id } = await aJob(world(), await anAgent(world()));

      expect(await jobs.find(id, stranger)).toBeUndefined();
      expect(await jobs.ofOwner(stranger)).toEqual([]);
    });

    it.each(STRANGERS)('takes no job for a machine of somebody else: %o', async (stranger) => {
      const { jobs } = world().records;
      const agent = await anAgent(world());
      const job = { id: anId('job'), agent: agent.id, type: 'assess', ...stranger, actor: stranger.owner };

      await expect(jobs.create(job)).rejects.toThrow();
    });

    it('takes each job id once', async () => {
      const { jobs } = world().records;
      const agent = await anAgent(world());
      const job = { id: anId('job'), agent: agent.id, type: 'assess', ...ANA, actor: ANA.owner };
      await jobs.create(job);

      await expect(jobs.create(job)).rejects.toThrow();
    });

    it('goes only where a way leads, and ends once', async () => {
      const { jobs } = world().records;
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.constantFrom(...JOB_STATES), { minLength: 1, maxLength: 8 }),
          async (told) => {
            const agent = await anAgent(world());
            const { id } = await aJob(world(), agent);
            let state: JobState = 'queued';
            let ends = 0;

            for (const to of told) {
              const outcome = await jobs.move(agent.id, id, to);
              if (mayMove(state, to)) {
                expect(outcome).toMatchObject({ outcome: 'moved', job: { state: to } });
                state = to;
                if (isEnd(to)) ends++;
              } else if (state === to && !isEnd(to)) {
                expect(outcome).toMatchObject({ outcome: 'unchanged', job: { state } });
              } else {
                const alarm = isEnd(state) && isEnd(to) ? 'second-end' : 'illegal';
                expect(outcome).toEqual({ outcome: 'alarm', alarm, from: state });
              }
              const job = await jobs.find(id, ANA);
              expect(job).toMatchObject({ state });
              expect(job?.endedAt !== null).toBe(isEnd(state));
            }
            expect(ends).toBeLessThanOrEqual(1);
          },
        ),
        { numRuns: 40 },
      );
    });

    it('reaches every state, and every state that is not an end leads to one', () => {
      const reached = new Set<JobState>(['queued']);
      for (const from of reached) for (const to of JOB_TRANSITIONS[from]) reached.add(to);

      expect([...reached].sort()).toEqual([...JOB_STATES].sort());
      for (const from of JOB_STATES) {
        if (!isEnd(from)) expect(JOB_TRANSITIONS[from].some(isEnd)).toBe(true);
      }
    });

    it('keeps the result of the first end, whatever a second one says', async () => {
      const { jobs } = world().records;
      const agent = await anAgent(world());
      const { id } = await aJob(world(), agent);
      await jobs.move(agent.id, id, 'accepted');
      world().clock.now += MINUTE;
      await jobs.move(agent.id, id, 'done', { result: { files: 3, names: ['a', null] } });

      const second = await jobs.move(agent.id, id, 'failed', { errorCode: 'AWM-1902' });

      expect(second).toEqual({ outcome: 'alarm', alarm: 'second-end', from: 'done' });
      expect(await jobs.find(id, ANA)).toMatchObject({
        state: 'done',
        result: { files: 3, names: ['a', null] },
        errorCode: null,
        endedAt: START + MINUTE,
      });
    });

    it('gives the end to one of two at once', async () => {
      const { jobs } = world().records;
      const agent = await anAgent(world());
      const { id } = await aJob(world(), agent);
      await jobs.move(agent.id, id, 'accepted');

      const outcomes = await Promise.all([
        jobs.move(agent.id, id, 'done'),
        jobs.move(agent.id, id, 'cancelled'),
      ]);

      expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual(['alarm', 'moved']);
    });

    it('hears only the agent that has the job', async () => {
      const { jobs } = world().records;
      const mine = await anAgent(world());
      const theirs = await anAgent(world(), BEN);
      const { id } = await aJob(world(), mine);

      expect(await jobs.move(theirs.id, id, 'accepted')).toEqual({ outcome: 'unknown' });
      expect(await jobs.setPlan(theirs.id, id, 'd1')).toBe(false);
      expect(await jobs.ofAgent(theirs.id, id)).toBeUndefined();
      expect(await jobs.ofAgent(mine.id, id)).toMatchObject({ state: 'queued', plan: null });
    });

    it('takes one plan for each job, before its end', async () => {
      const { jobs } = world().records;
      const agent = await anAgent(world());
      const { id } = await aJob(world(), agent);

      expect(await jobs.setPlan(agent.id, id, 'd1')).toBe(true);
      expect(await jobs.setPlan(agent.id, id, 'd1')).toBe(true);
      expect(await jobs.setPlan(agent.id, id, 'd2')).toBe(false);
      await jobs.move(agent.id, id, 'cancelled');
      expect(await jobs.setPlan(agent.id, id, 'd1')).toBe(false);
    });

    it('lists a person’s jobs from the newest, and the open ones of an agent from the oldest', async () => {
      const { jobs } = world().records;
      const agent = await anAgent(world());
      const made = [];
      for (let count = 0; count < 3; count++) {
        made.push((await aJob(world(), agent)).id);
        world().clock.now += MINUTE;
      }
      await jobs.move(agent.id, made[1] as string, 'cancelled');

      expect((await jobs.ofOwner(ANA)).map(({ id }) => id)).toEqual(made.toReversed());
      expect((await jobs.ofOwner(ANA, 1)).map(({ id }) => id)).toEqual([made[2]]);
      expect((await jobs.open(agent.id)).map(({ id }) => id)).toEqual([made[0], made[2]]);
    });
  });
}
