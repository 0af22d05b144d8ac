import { describe, expect, it } from 'vitest';
import { ANA, aKey, anAgent, anId, HOUR, MINUTE, START, STRANGERS, type World } from './world.ts';

export function agentsConformance(world: () => World): void {
  describe('agents', () => {
    it('keeps a new machine as active in epoch 1', async () => {
      const key = aKey();
      const id = anId('ag');

      await world().records.agents.add({ id, ...ANA, ...key });

      expect(await world().records.agents.find(id, ANA)).toEqual({
        id,
        ...ANA,
        ...key,
        epoch: 1,
        state: 'active',
        pairedAt: START,
        lastRoundTripAt: null,
        agentVersion: null,
        lastCommand: 0,
      });
    });

    it.each(STRANGERS)('shows a machine to nobody else: %o', async (stranger) => {
      const { agents } = world().records;
      const { id } = await anAgent(world());

      expect(await agents.find(id, stranger)).toBeUndefined();
      expect(await agents.ofOwner(stranger)).toEqual([]);
      expect(await agents.revoke(id, stranger)).toBe(false);
      expect(await agents.pairAgain(id, stranger, aKey())).toBeUndefined();
      expect(await agents.find(id, ANA)).toMatchObject({ state: 'active', epoch: 1 });
    });

    it('refuses a key that another machine has', async () => {
      const { agents } = world().records;
      const key = aKey();
      await agents.add({ id: anId('ag'), ...ANA, ...key });

      await expect(agents.add({ id: anId('ag'), ...ANA, ...key })).rejects.toThrow();
    });

    it('lists the machines of a person by age, without revoked ones', async () => {
      const { agents } = world().records;
      const first = await anAgent(world());
      world().clock.now += MINUTE;
      const revoked = await anAgent(world());
      world().clock.now += MINUTE;
      const last = await anAgent(world());
      await agents.suspend(last.id, 1);

      expect(await agents.revoke(revoked.id, ANA)).toBe(true);
      expect(await agents.revoke(revoked.id, ANA)).toBe(false);

      expect((await agents.ofOwner(ANA)).map(({ id }) => id)).toEqual([first.id, last.id]);
      expect(await agents.find(revoked.id, ANA)).toMatchObject({ state: 'revoked' });
    });

    it('pairs a suspended machine again with another key and the next epoch', async () => {
      const { agents } = world().records;
      const { id } = await anAgent(world());
      await agents.noteRoundTrip(id, 1, '0.1.0');
      await agents.suspend(id, 1);
      world().clock.now += HOUR;
      const key = aKey();

      const paired = await agents.pairAgain(id, ANA, key);

      expect(paired).toMatchObject({
        ...key,
        epoch: 2,
        state: 'active',
        pairedAt: START + HOUR,
        lastRoundTripAt: null,
        agentVersion: null,
      });
      expect(await agents.claimed(id)).toEqual(paired);
    });

    it('lets nothing that was signed for the old key be sent after pairing again', async () => {
      const { agents, outbox } = world().records;
      const { id } = await anAgent(world());
      const command = { agent: id, command: 'job.run', job: anId('job'), expiresAt: START + HOUR };
      await outbox.append(command, ({ seq }) => `old ${seq}`);

      await agents.pairAgain(id, ANA, aKey());
      await outbox.append({ ...command, job: anId('job') }, ({ epoch, seq }) => `new ${epoch} ${seq}`);

      expect((await outbox.rowsAbove(id, 0)).map(({ raw }) => raw)).toEqual(['new 2 2']);
    });

    it('does not pair again with the key that the machine has', async () => {
      const { agents } = world().records;
      const key = aKey();
      const id = anId('ag');
      await agents.add({ id, ...ANA, ...key });

      expect(await agents.pairAgain(id, ANA, key)).toBeUndefined();
      expect(await agents.find(id, ANA)).toMatchObject({ epoch: 1 });
    });

    it('notes a round trip of the present pairing only', async () => {
      const { agents } = world().records;
      const { id } = await anAgent(world());
      await agents.pairAgain(id, ANA, aKey());
      world().clock.now += MINUTE;

      expect(await agents.noteRoundTrip(id, 1, '0.1.0')).toBe(false);
      expect(await agents.noteRoundTrip(id, 2, '0.2.0')).toBe(true);

      const agent = await agents.find(id, ANA);
      expect(agent).toMatchObject({ lastRoundTripAt: START + MINUTE, agentVersion: '0.2.0' });
      expect(await agents.suspend(id, 1)).toBe(false);
      expect(await agents.suspend(id, 2)).toBe(true);
      expect(await agents.noteRoundTrip(id, 2, '0.2.0')).toBe(false);
    });

    it('revokes a machine that unpaired itself, once', async () => {
      const { agents } = world().records;
      const { id } = await anAgent(world());

      expect(await agents.unpaired(id, 1)).toBe(true);
      expect(await agents.unpaired(id, 1)).toBe(false);
    });

    it('revokes what never proved its key in time', async () => {
      const { agents } = world().records;
      const silent = await anAgent(world());
      const proven = await anAgent(world());
      await agents.noteRoundTrip(proven.id, 1, '0.1.0');
      world().clock.now += 25 * HOUR;
      const fresh = await anAgent(world());

      expect(await agents.revokeUnproven(world().clock.now - 24 * HOUR)).toEqual([silent.id]);

      expect((await agents.ofOwner(ANA)).map(({ id }) => id)).toEqual([proven.id, fresh.id]);
    });

    it('knows no machine of an id that was never given', async () => {
      expect(await world().records.agents.claimed('ag_none')).toBeUndefined();
    });
  });
}
