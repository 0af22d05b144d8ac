import { describe, expect, it } from 'vitest';
import { ANA, aJob, anAgent, aPlan, BEN, HOUR, START, STRANGERS, type World } from './world.ts';

export function plansConformance(world: () => World): void {
  describe('plans', () => {
    it('keeps the bytes as they came', async () => {
      const agent = await anAgent(world());
      const { digest, bytes, job } = await aPlan(world(), agent);

      const plan = await world().records.plans.find(digest, ANA);

      expect(Buffer.from(plan?.bytes ?? []).equals(bytes)).toBe(true);
      expect(plan).toMatchObject({
        digest,
        agent: agent.id,
        job: job.id,
        createdAt: START,
        expiresAt: START + HOUR,
        usedByJob: null,
      });
    });

    it.each(STRANGERS)('shows a plan to nobody else: %o', async (stranger) => {
      const { digest } = await aPlan(world(), await anAgent(world()));

      expect(await world().records.plans.find(digest, stranger)).toBeUndefined();
    });

    it('refuses bytes that the digest does not name', async () => {
      const agent = await anAgent(world());
      const { digest, bytes, job } = await aPlan(world(), agent);
      const other = Buffer.concat([bytes, Buffer.from(' ')]);

      const outcome = await world().records.plans.store({
        digest,
        agent: agent.id,
        job: job.id,
        bytes: other,
        expiresAt: START,
      });

      expect(outcome).toBe('wrong-digest');
    });

    it('knows a plan that comes again, and lets no other agent have it', async () => {
      const { plans } = world().records;
      const [mine, theirs] = [await anAgent(world()), await anAgent(world(), BEN)];
      const { digest, bytes, job } = await aPlan(world(), mine);
      const again = { digest, bytes, expiresAt: START + 9 * HOUR };
      const other = await aJob(world(), theirs);

      expect(await plans.store({ ...again, agent: mine.id, job: job.id })).toBe('known');
      expect(await plans.store({ ...again, agent: theirs.id, job: other.id })).toBe('taken');

      expect(await plans.find(digest, ANA)).toMatchObject({ agent: mine.id, expiresAt: START + HOUR });
      expect(await plans.find(digest, BEN)).toBeUndefined();
    });

    it('is used by one job', async () => {
      const { plans } = world().records;
      const agent = await anAgent(world());
      const { digest } = await aPlan(world(), agent);
      const jobs = [await aJob(world(), agent, 'apply'), await aJob(world(), agent, 'apply')];

      const used = await Promise.all(jobs.map(({ id }) => plans.use(digest, agent.id, id)));

      expect(used.toSorted()).toEqual([false, true]);
      expect((await plans.find(digest, ANA))?.usedByJob).toBe(jobs[used.indexOf(true)]?.id);
    });

    it('is not used after its expiry, nor by another agent', async () => {
      const { plans } = world().records;
      const [mine, theirs] = [await anAgent(world()), await anAgent(world(), BEN)];
      const { digest } = await aPlan(world(), mine);
      const job = await aJob(world(), mine, 'apply');

      expect(await plans.use(digest, theirs.id, job.id)).toBe(false);
      world().clock.now = START + HOUR;
      expect(await plans.use(digest, mine.id, job.id)).toBe(false);
    });
  });
}
