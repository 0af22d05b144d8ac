import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { changedSettings } from '../../../src/agent/rollback/changed-settings.ts';
import { scalar } from '../../../src/agent/yaml/build.ts';
import { setInYaml } from '../../../src/agent/yaml/merge-yaml.ts';
import { makeClone, planOf, systemAt, writeHome } from '../../helpers/plan.ts';
import { useTempFolder } from '../../helpers/temp.ts';

const temp = useTempFolder();

it('tells in words of the old installation what was changed in the home since the migration, and nothing else', () => {
  const clone = makeClone(join(temp(), 'clone'), {
    'orchestrator.yaml': 'orchestrator: {log_level: ERROR, mode: partial}\ntdd: {tool: ruff}\n',
  });
  const home = writeHome(planOf(clone));
  const system = systemAt(temp());
  expect(changedSettings(system, home, clone)).toEqual([]);
  const config = join(home, 'config.yaml');
  const changes = [
    { path: ['global', 'log_level'], node: scalar('WARN') },
    { path: ['global', 'max_concurrent_projects'], node: scalar(9) },
    { path: ['ai_provider', 'api_key'], node: scalar('q7Zk2Lw9Xv4Tb8RnGh51') },
    { path: ['legacy', 'orchestrator.yaml', 'tdd', 'tool'], node: scalar('flake8') },
  ];
  writeFileSync(config, setInYaml(readFileSync(config, 'utf8'), changes));

  expect(changedSettings(system, home, clone)).toEqual([
    { file: 'config.yml', key: 'orchestrator.max_projects', value: '9' },
    { file: 'config.yml', key: 'orchestrator.log_level', value: 'WARNING' },
    { file: 'config.yml', key: 'ai.api_key', value: '********' },
    { file: 'orchestrator.yaml', key: 'tdd.tool', value: 'flake8' },
  ]);
  expect(changedSettings(system, home, '/another/clone')).toEqual([]);
  writeFileSync(config, 'version: [');
  expect(changedSettings(system, home, clone)).toEqual([]);
});
