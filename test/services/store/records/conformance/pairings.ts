import { describe, expect, it } from 'vitest';
import { ANA, ANA_ELSEWHERE, anId, BEN, HOUR, MINUTE, presser, START, type World } from './world.ts';

export function pairingsConformance(world: () => World): void {
  const pairing = (user = ANA.owner) => ({
    id: anId('pairing'),
    guild: ANA.guild,
    user,
    words: 'amber canoe river',
    host: 'laptop',
    osUser: 'ana',
    transcript: anId('T'),
    expiresAt: world().clock.now + 5 * MINUTE,
  });

  describe('pairings', () => {
    it('waits for the answer of the person who is asked', async () => {
      const { pairings } = world().records;
      const asked = pairing();

      const begun = await pairings.begin(asked);

      expect(begun).toEqual({ ...asked, state: 'pending', createdAt: START, codeHash: null });
      expect(await pairings.find(asked.id, presser(ANA))).toEqual(begun);
      for (const stranger of [BEN, ANA_ELSEWHERE]) {
        expect(await pairings.find(asked.id, presser(stranger))).toBeUndefined();
        expect(await pairings.answer(asked.id, presser(stranger), 'confirmed')).toBeUndefined();
      }
    });

    it('takes one answer', async () => {
      const { pairings } = world().records;
      const asked = pairing();
      const { id } = asked;
      await pairings.begin(asked);

      const answers = await Promise.all([
        pairings.answer(id, presser(ANA), 'confirmed'),
        pairings.answer(id, presser(ANA), 'refused'),
      ]);

      expect(answers.filter((answer) => answer !== undefined)).toHaveLength(1);
      expect(await pairings.find(id, presser(ANA))).toBeUndefined();
      expect(await pairings.abandon(id)).toBe(false);
    });

    it('takes no answer after five minutes or after the connection is gone', async () => {
      const { pairings } = world().records;
      const [late, gone] = [pairing(), pairing()];
      await pairings.begin(late);
      await pairings.begin(gone);

      expect(await pairings.abandon(gone.id)).toBe(true);
      expect(await pairings.answer(gone.id, presser(ANA), 'confirmed')).toBeUndefined();
      world().clock.now += 5 * MINUTE;
      expect(await pairings.answer(late.id, presser(ANA), 'confirmed')).toBeUndefined();
    });

    it('gives one from another machine to the first who claims it, and to nobody who is only asked', async () => {
      const { pairings } = world().records;
      const { guild: _, user: __, ...rest } = pairing();
      const { id } = await pairings.beginByCode({ ...rest, codeHash: anId('hash') });
      const here = pairing();
      await pairings.begin(here);

      expect(await pairings.answer(id, presser(ANA), 'confirmed')).toBeUndefined();
      expect(await pairings.claim(here.id, presser(BEN), 'confirmed')).toBeUndefined();
      const claims = await Promise.all([
        pairings.claim(id, presser(ANA), 'confirmed'),
        pairings.claim(id, presser(BEN), 'confirmed'),
      ]);

      const won = claims.filter((claim) => claim !== undefined);
      expect(won).toHaveLength(1);
      expect(won[0]).toMatchObject({ state: 'confirmed', guild: ANA.guild });
      expect(await pairings.abandon(id)).toBe(false);
    });

    it('asks an account three times an hour, whatever became of it, and others all the same', async () => {
      const { pairings } = world().records;
      for (let count = 0; count < 3; count++) {
        const asked = pairing();
        await pairings.begin(asked);
        await pairings.abandon(asked.id);
        world().clock.now += MINUTE;
      }

      expect(await pairings.begin(pairing())).toBe('too-many');
      expect(await pairings.begin({ ...pairing(), guild: ANA_ELSEWHERE.guild })).toBe('too-many');
      expect(await pairings.begin(pairing(BEN.owner))).toMatchObject({ state: 'pending' });
      expect(await pairings.promptsSince(ANA.owner, START)).toBe(2);

      world().clock.now = START + HOUR;
      expect(await pairings.begin(pairing())).toMatchObject({ state: 'pending' });
      expect(await pairings.begin(pairing())).toBe('too-many');
    });
  });
}
