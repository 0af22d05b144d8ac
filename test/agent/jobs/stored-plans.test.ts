import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { AgentHome } from '../../../src/agent/agent-home.ts';
import { StoredPlans, watch } from '../../../src/agent/jobs/stored-plans.ts';
import { RealSystem } from '../../../src/agent/real-system.ts';
import { useTempFolder } from '../../helpers/temp.ts';

const folder = useTempFolder();

function kept() {
  const system = new RealSystem();
  const plans = new StoredPlans(system, new AgentHome(folder()));
  const keep = (bytes: string) =>
    plans.keep(Buffer.from(bytes), watch(system, [folder()]), {
      job: 'job_1',
      type: 'apply',
      created: '2025-05-01T00:00:00.000Z',
      expires: '2025-05-01T01:00:00.000Z',
      blind: 'blind',
      writes: [],
    }).digest;
  return { plans, keep };
}

test('A plan with a damaged record is none any more, and the others stay', () => {
  const { plans, keep } = kept();
  const [whole, damaged] = [keep('{"n":1}'), keep('{"n":2}')];
  writeFileSync(join(folder(), 'plans', damaged, 'record.json'), '{"schema": "awm/stored-pl');
  expect(plans.find(damaged)).toBeUndefined();
  expect(plans.all().map(({ digest }) => digest)).toEqual([whole]);
});

test('A damaged list of what a plan was made from is named with its file', () => {
  const { plans, keep } = kept();
  const digest = keep('{"n":1}');
  const path = join(folder(), 'plans', digest, 'preconditions.json');
  writeFileSync(path, '[["a", "fi');
  expect(() => [...plans.changes(digest)]).toThrowError(
    expect.objectContaining({ code: 'RUN_FILE_DAMAGED', file: path }),
  );
});
