import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { layoutsIn } from '../../../src/agent/survey/layouts.ts';
import { put } from '../../fixtures/write-files.ts';
import { systemAt } from '../../helpers/plan.ts';
import { useTempFolder } from '../../helpers/temp.ts';

const temp = useTempFolder();

describe('the layouts of a folder', () => {
  it.each([
    [['orchestrator.yaml'], ['documented']],
    [['scripts/orchestrator.py', 'lib/state.py'], ['classic']],
    [['config.yml', 'lib/state.py'], ['classic']],
    [['config/projects.yaml'], ['classic']],
    [['orch-config.yaml'], ['multi-project']],
    [['.orch-global/monitoring/x.json'], ['multi-project']],
    [
      ['orchestrator.yaml', 'config/projects.yaml', 'orch-config.yaml'],
      ['documented', 'classic', 'multi-project'],
    ],
  ])('with %j are %j', (files, layouts) => {
    for (const file of files) put(temp(), file, '');

    expect(layoutsIn(systemAt(temp()), temp())).toEqual(layouts);
  });

  it.each([
    [[]],
    [['scripts/orchestrator.py']],
    [['config.yml']],
    [['lib/state.py', 'README.md']],
    [['orchestrator.yaml.example', 'config.example.yml']],
  ])('with only %j are none', (files) => {
    for (const file of files) put(temp(), file, '');

    expect(layoutsIn(systemAt(temp()), temp())).toEqual([]);
  });

  it('count a mark that is a link to a file, and not one that leads nowhere or to itself', () => {
    put(temp(), 'elsewhere.yaml', '');
    symlinkSync('elsewhere.yaml', join(temp(), 'orchestrator.yaml'));
    symlinkSync('nowhere', join(temp(), 'orch-config.yaml'));
    symlinkSync('.orch-global', join(temp(), '.orch-global'));

    expect(layoutsIn(systemAt(temp()), temp())).toEqual(['documented']);
  });
});
