import { expect, it } from 'vitest';
import { Pseudonyms } from '../../../src/agent/jobs/pseudonyms.ts';

const project = (path: string | undefined) => ({
  name: 'x',
  path,
  exists: true,
  state_files: 0,
  state_bytes: 0,
});
const names = new Pseudonyms(
  '/home/m',
  '/home/m/clone',
  {
    projects: [project('/home/m/work/api'), project(undefined), project('/home/m/clone/inner')],
    migration_risk: {
      places: [
        { what: 'backups', path: '/home/m/.agent-workflow-backups' },
        { what: 'agent home', path: '/var/agent' },
      ],
    } as unknown as ConstructorParameters<typeof Pseudonyms>[2]['migration_risk'],
  },
  { target: '/home/m/.agent-workflow' },
);

it.each([
  ['/home/m/work/api/.orch-state/x', '<project-1>'],
  ['/home/m/clone/inner/y', '<project-3>'],
  ['config.yml', '<clone>'],
  ['/home/m/clone', '<clone>'],
  ['~/.bashrc', '<home>'],
  ['/home/m/.agent-workflow/config.yaml', '<new-home>'],
  ['/home/m/.agent-workflow-backups/b', '<backups>'],
  ['/var/agent/runs', '<agent-home>'],
  ['/home/m-2/x', '<elsewhere>'],
  ['/etc/crontab', '<elsewhere>'],
  ['crontab', '<elsewhere>'],
  ['(name not shown: a secret is in it)', '<elsewhere>'],
])('names the place of %s by the narrowest that is known: %s', (file, name) => {
  expect(names.of(file)).toBe(name);
});
