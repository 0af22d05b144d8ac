import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { lines, put, quoted } from '../fixtures/write-files.ts';
import { runAgent } from '../helpers/agent.ts';
import { describeTree, treeDigest } from '../helpers/digest.ts';
import { python } from '../helpers/python.ts';
import { useTempFolder } from '../helpers/temp.ts';

const READ = `
import json, sys, yaml
where = json.load(sys.stdin)
print(json.dumps(yaml.safe_load(open(where, encoding='utf-8'))['projects']))
`;

describe('Projects whose paths are not plain', () => {
  const folder = useTempFolder('file');
  let home: string;
  let clone: string;
  let before: string[];
  let projects: Record<string, Record<string, unknown>>;

  const migrate = () => runAgent(home, ['migrate-from-git', clone, '--automated', '--yes']);

  beforeAll(() => {
    home = join(folder(), 'home');
    clone = join(home, 'clone');
    put(clone, 'lib/orchestrator.py', 'print(1)\n');
    const project = (path: string, file: string, content: string) => {
      put(path, '.orch-state/status.json', '{"current_state": "SPRINT_ACTIVE"}\n');
      put(path, file, content);
    };
    project(join(clone, 'examples/inside'), 'go.mod', 'module inside\nrequire github.com/gin-gonic/gin v1\n');
    project(join(home, 'work/my shop'), 'package.json', '{"dependencies": {"react": "19"}}\n');
    project(join(home, 'work/größe-日本-é'), 'requirements.txt', 'fastapi\n');
    project(join(home, 'real/tool'), 'Cargo.toml', '[dependencies]\naxum = "1"\n');
    symlinkSync(join(home, 'real'), join(home, 'work/link'));
    // No YAML file can name this folder, but a link to it can be named; the state has such a name, too.
    const bytes = Buffer.from(`${home}/real/caf\xe9`, 'latin1');
    mkdirSync(Buffer.concat([bytes, Buffer.from('/.orch-state')]), { recursive: true });
    writeFileSync(Buffer.concat([bytes, Buffer.from('/.orch-state/notes-\xff.json', 'latin1')]), '{}\n');
    writeFileSync(Buffer.concat([bytes, Buffer.from('/requirements.txt')]), 'torch\n');
    symlinkSync(bytes, join(home, 'work/coffee'));
    put(
      clone,
      'config/projects.yaml',
      lines(
        'projects:',
        '  - {name: inside, path: examples/inside}',
        `  - {name: shop, path: ${quoted(join(home, 'work/my shop'))}}`,
        '  - {name: "größe", path: "~/work/größe-日本-é"}',
        '  - {name: tool, path: ~/work/link/tool/}',
        '  - {name: coffee, path: ~/work/coffee}',
        '  - {name: gone, path: ~/work/gone, status: active}',
        '  - {name: shop, path: ~/work/link}',
      ),
    );
    put(clone, 'projects/again.yaml', `name: again\npath: ${join(home, 'real/tool')}\n`);
    before = describeTree(home);
    expect(migrate()).toMatchObject({ exit: 0, stderr: '' });
    projects = python(READ, join(home, '.agent-workflow/projects/registry.yaml')) as typeof projects;
  });

  it('are registered, each once, under names of which no two are alike', () => {
    expect(Object.keys(projects)).toEqual(['inside', 'shop', 'größe', 'tool', 'coffee', 'gone', 'shop-2']);
  });

  it('keep their paths: inside the clone, with spaces, in Unicode, through a link', () => {
    expect(Object.values(projects).map(({ path }) => path)).toEqual([
      join(clone, 'examples/inside'),
      join(home, 'work/my shop'),
      join(home, 'work/größe-日本-é'),
      join(home, 'work/link/tool'),
      join(home, 'work/coffee'),
      join(home, 'work/gone'),
      join(home, 'work/link'),
    ]);
  });

  it('are told apart by framework and language, from their own files', () => {
    expect(Object.values(projects).map(({ framework, language }) => `${framework} ${language}`)).toEqual([
      'api go',
      'web javascript',
      'api python',
      'api rust',
      'ml python',
      'general unknown',
      'general unknown',
    ]);
  });

  it('are there with status error where the folder is gone, and with their state where it is not', () => {
    expect(projects['gone']).toMatchObject({ status: 'error', state: { current: null } });
    expect(projects['inside']).toMatchObject({ status: 'idle', state: { current: 'SPRINT_ACTIVE' } });
    expect(projects['tool']).toMatchObject({ state: { current: 'SPRINT_ACTIVE' } });
  });

  it('have their state in the backup, names that are no text included, and need no second migration', () => {
    const digest = treeDigest(home);
    expect(migrate().stdout).toContain('Nothing to do');
    expect(treeDigest(home)).toBe(digest);
    const backups = join(home, '.agent-workflow-backups');
    const [backup = ''] = readdirSync(backups);
    expect(readFileSync(join(backups, backup, 'manifest-1.ndjson'), 'utf8')).toContain(
      Buffer.from('notes-\xff.json', 'latin1').toString('base64'),
    );
  });

  it('are as they were after a rollback', () => {
    expect(runAgent(home, ['restore-migration-backup', '--yes'])).toMatchObject({ exit: 0, stderr: '' });
    const own = (line: string) => !/^(\.|\.agent-workflow-backups|\.local)( |\/)/.test(line);
    expect(describeTree(home).filter(own)).toEqual(before.filter(own));
  });
});
