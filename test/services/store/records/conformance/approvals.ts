import { describe, expect, it } from 'vitest';
import { ANA, ANA_ELSEWHERE, anAgent, anApproval, aPlan, BEN, presser, START, type World } from './world.ts';

export function approvalsConformance(world: () => World): void {
  const click = { ...presser(ANA), interaction: '300000000000000001', message: 'm1' };

  describe('approvals', () => {
    it('keeps who is asked for what, under an id that nobody guesses', async () => {
      const agent = await anAgent(world());
      const { digest } = await aPlan(world(), agent);

      const approval = await world().records.approvals.create({
        ...presser(ANA),
        agent: agent.id,
        jobType: 'apply',
        plan: digest,
      });

      expect(approval).toEqual({
        id: expect.stringMatching(/^[\w-]{22}$/),
        ...presser(ANA),
        message: null,
        agent: agent.id,
        jobType: 'apply',
        plan: digest,
        pauseAfter: null,
        createdAt: START,
        interaction: null,
        usedAt: null,
      });
      expect(await world().records.approvals.find(approval.id, presser(ANA))).toEqual(approval);
    });

    it('refuses a plan of another agent', async () => {
      const { digest } = await aPlan(world(), await anAgent(world()));
      const other = await anAgent(world());
      const wrong = { ...presser(ANA), agent: other.id, jobType: 'apply', plan: digest };

      await expect(world().records.approvals.create(wrong)).rejects.toThrow();
    });

    it('is used once and keeps the click', async () => {
      const { approvals } = world().records;
      const { id } = await anApproval(world(), await anAgent(world()));

      expect(await approvals.use(id, click)).toBe(true);
      expect(await approvals.use(id, click)).toBe(false);
      expect(await approvals.use(id, { ...click, interaction: '300000000000000002' })).toBe(false);

      expect(await approvals.find(id, presser(ANA))).toMatchObject({
        interaction: click.interaction,
        usedAt: START,
      });
    });

    it('is used by one of two clicks at once', async () => {
      const { approvals } = world().records;
      const { id } = await anApproval(world(), await anAgent(world()));

      const used = await Promise.all([
        approvals.use(id, click),
        approvals.use(id, { ...click, interaction: '300000000000000002' }),
      ]);

      expect(used.toSorted()).toEqual([false, true]);
    });

    it('is used by one of two transactions at once, and the other one leaves nothing', async () => {
      const { records } = world();
      const agent = await anAgent(world());
      const { id } = await anApproval(world(), agent);
      const attempt = (interaction: string) =>
        records.transaction(async (tables) => {
          const job = { id: `job_${interaction}`, agent: agent.id, type: 'apply', ...ANA, actor: ANA.owner };
          await tables.jobs.create(job);
          if (!(await tables.approvals.use(id, { ...click, interaction }))) throw new Error('used before');
          return job.id;
        });

      const outcomes = await Promise.allSettled(['1', '2'].map(attempt));

      expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      const jobs = (await records.jobs.ofOwner(ANA)).filter(({ type }) => type === 'apply');
      expect(jobs).toHaveLength(1);
    });

    it.each([
      ['another person', { user: BEN.owner }],
      ['another guild', { guild: ANA_ELSEWHERE.guild }],
      ['another message', { message: 'm2' }],
    ])('is not used from %s', async (_, wrong) => {
      const { approvals } = world().records;
      const { id } = await anApproval(world(), await anAgent(world()));

      expect(await approvals.use(id, { ...click, ...wrong })).toBe(false);
      expect(await approvals.find(id, presser(ANA))).toMatchObject({ usedAt: null });
    });

    it('is found by nobody else', async () => {
      const { approvals } = world().records;
      const { id } = await anApproval(world(), await anAgent(world()));

      expect(await approvals.find(id, presser(BEN))).toBeUndefined();
      expect(await approvals.find(id, presser(ANA_ELSEWHERE))).toBeUndefined();
    });

    it('takes each interaction for one approval', async () => {
      const { approvals } = world().records;
      const agent = await anAgent(world());
      const [first, second] = [await anApproval(world(), agent), await anApproval(world(), agent)];

      expect(await approvals.use(first.id, click)).toBe(true);
      expect(await approvals.use(second.id, click)).toBe(false);
    });

    it('stays with the message that it was tied to, and is not used before', async () => {
      const { approvals } = world().records;
      const agent = await anAgent(world());
      const { digest } = await aPlan(world(), agent);
      const asked = { ...presser(ANA), agent: agent.id, jobType: 'apply', plan: digest };
      const approval = await approvals.create(asked);
      const { id } = approval;

      expect(await approvals.use(id, click)).toBe(false);
      expect(await approvals.attach({ id, ...presser(BEN) }, 'm1')).toBe(false);
      expect(await approvals.attach(approval, 'm1')).toBe(true);
      expect(await approvals.attach(approval, 'm2')).toBe(false);
      expect(await approvals.use(id, click)).toBe(true);
    });
  });
}
