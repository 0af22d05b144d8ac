import { join } from 'node:path';
import { it } from 'vitest';
import { Random } from '../helpers/random.ts';
import { useTempFolder } from '../helpers/temp.ts';
import { soakRound } from '../soak/round.ts';

const ROUNDS = process.env['AWM_DEEP'] === '1' ? 50 : 3;
const SEED = Number(process.env['AWM_SEED'] ?? Date.now() % 1_000_000);
const folder = useTempFolder();

it('Rounds of the soak end with the bytes of an undisturbed run, or with those from before', async () => {
  console.log(`soak: ${ROUNDS} rounds, seed ${SEED}`);
  for (let n = 0; n < ROUNDS; n++) {
    const story: string[] = [];
    try {
      await soakRound(join(folder(), String(n)), new Random(SEED + n), { counts: new Map(), story }, n === 0);
    } catch (error) {
      throw new Error(`npm run soak -- --rounds 1 --seed ${SEED + n}\n${story.join('\n')}`, { cause: error });
    }
  }
});
