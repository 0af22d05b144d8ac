/** A second process on the same file, for tests: says a line when it is where the test wants it, and waits. */
import { once } from 'node:events';
import { openRecords } from '../../../../services/store/records/open-records.ts';
import type { Tables } from '../../../../services/store/records/records.ts';
import { ANA, HOUR, presser, START } from './conformance/world.ts';

const [path = '', what = '', ...args] = process.argv.slice(2);
const records = await openRecords({ path, now: () => START });
const say = (line: string) => process.stdout.write(`${line}\n`);

/** Says that it is in the middle and never goes on: the test ends this process here. */
async function stayInTheMiddle(): Promise<never> {
  say('in the middle');
  const alive = setInterval(() => {}, 1000);
  await once(process, 'never');
  clearInterval(alive);
  throw new Error('went on');
}

async function die(tables: Tables, where: string, agent: string, approval: string): Promise<void> {
  const id = 'job_dying';
  const click = { ...presser(ANA), interaction: '300000000000000001', message: 'm1' };
  const command = { agent, command: 'job.run', job: id, expiresAt: START + HOUR };
  await tables.approvals.use(approval, click);
  if (where === 'approval') await stayInTheMiddle();
  await tables.jobs.create({ id, agent, type: 'apply', ...ANA, actor: ANA.owner });
  await tables.stories.create({ id: 'story_dying', ...ANA, agent, job: id, state: {} });
  if (where === 'migration story') await stayInTheMiddle();
  await tables.outbox.append(command, stayInTheMiddle);
}

async function go(): Promise<void> {
  say('ready');
  await once(process.stdin, 'data');
  process.stdin.pause();
}

const [first = '', second = '', third = ''] = args;
if (what === 'die') {
  await records.transaction((tables) => die(tables, first, second, third));
} else if (what === 'commit') {
  const command = { agent: first, command: 'job.run', job: null, expiresAt: START + HOUR };
  await records.outbox.append(command, ({ seq }) => `jws ${seq}`);
  say('committed');
  await once(process.stdin, 'data');
} else if (what === 'use') {
  await go();
  say(String(await records.approvals.use(first, { ...presser(ANA), interaction: second, message: 'm1' })));
} else {
  await go();
  const command = { agent: first, command: 'job.run', job: null, expiresAt: START + HOUR };
  for (let count = 0; count < 20; count++) {
    await records.outbox.append(command, ({ seq }) => `jws of ${second} ${seq}`);
  }
  say('done');
}
await records.close();
