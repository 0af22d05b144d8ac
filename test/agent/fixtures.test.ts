import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { displayPath } from '../../src/agent/paths.ts';
import { readOnly } from '../../src/agent/read-only-system.ts';
import { RealSystem } from '../../src/agent/real-system.ts';
import { readGit } from '../../src/agent/survey/git.ts';
import { revisionOf, runGit } from '../fixtures/git-history.ts';
import { buildHardInstallation } from '../fixtures/hard-installation.ts';
import { buildMixedInstallation, type MixedInstallation } from '../fixtures/mixed-installation.ts';
import { CHANNEL_ID, GUILD_ID, ORCHESTRATOR_VALUES } from '../fixtures/mixed-settings.ts';
import { ENV_EXAMPLE, GLOBAL_DEFAULTS } from '../fixtures/upstream-settings.ts';
import { buildUpstreamShape, UPSTREAM_FILES } from '../fixtures/upstream-shape.ts';
import { describeTree, treeDigest } from '../helpers/digest.ts';
import { python } from '../helpers/python.ts';
import { useTempFolder } from '../helpers/temp.ts';

const temp = useTempFolder();

const LOAD_YAML = `
import json, sys, yaml
given = json.load(sys.stdin)
print(json.dumps(yaml.safe_load(open(given, encoding="utf-8")), default=str))
`;

const DECRYPT = `
import json, sys
from cryptography.fernet import Fernet
given = json.load(sys.stdin)
print(json.dumps([Fernet(given["key"]).decrypt(token.encode()).decode() for token in given["tokens"]]))
`;

const LOAD_DOTENV = `
import json, sys
from dotenv import dotenv_values
print(json.dumps(dotenv_values(json.load(sys.stdin))))
`;

describe('the shape of upstream', () => {
  it('is the same every time and a sound repository', () => {
    const clone = join(temp(), 'clone');
    const digests = [1, 2].map(() => {
      fs.rmSync(clone, { recursive: true, force: true });
      buildUpstreamShape(clone);
      return treeDigest(clone);
    });

    expect(digests[0]).toBe(digests[1]);
    expect(runGit(clone, ['fsck', '--strict']).toString()).toBe('');
    expect(runGit(clone, ['status', '--porcelain', '--ignored']).toString()).toBe('');
    expect(runGit(clone, ['ls-files', '-z']).toString().split('\0')).toHaveLength(UPSTREAM_FILES + 1);
    expect(runGit(clone, ['describe', '--tags']).toString()).toBe('v0.9.8\n');
    expect(revisionOf(clone, 'refs/remotes/origin/main')).toBe(revisionOf(clone, 'main'));
    expect(fs.existsSync(join(clone, '.audit-env/bin/python3.12'))).toBe(false);
    expect(
      fs.readdirSync(join(clone, 'lib'), { recursive: true }).filter((name) => /\.py$/.test(String(name)))
        .length,
    ).toBeGreaterThan(40);
  });

  it('has the default settings of the public project', () => {
    const clone = join(temp(), 'clone');
    buildUpstreamShape(clone);

    const shipped = python(LOAD_YAML, join(clone, 'orch-config.yaml')) as { global: object };

    expect(Object.keys(shipped.global)).toHaveLength(21);
    expect(Object.keys(GLOBAL_DEFAULTS)).toEqual(Object.keys(shipped.global));
    expect(python(LOAD_DOTENV, join(clone, '.env.example'))).toEqual(ENV_EXAMPLE);
  });
});

describe('the mixed installation', () => {
  it('is the same every time, with and without a configuration home', () => {
    const root = join(temp(), 'root');
    for (const target of ['none', 'existing'] as const) {
      const trees = [1, 2].map(() => {
        fs.rmSync(root, { recursive: true, force: true });
        const built = buildMixedInstallation(root, { stateMegabytes: 1, target });
        expect(fs.existsSync(built.target)).toBe(target === 'existing');
        return describeTree(root);
      });
      expect(trees[0]).toEqual(trees[1]);
    }
  });

  it('names everything in the clone that upstream does not ship', () => {
    const built = mixed();

    const untracked = runGit(built.clone, ['ls-files', '-o', '-z'])
      .toString('latin1')
      .split('\0')
      .filter(Boolean);
    const reading = readGit(readOnly(new RealSystem()), built.clone);
    if (reading.state !== 'read') throw new Error(JSON.stringify(reading));
    reading.close();

    const { own, ownFiles } = built;
    const notRegenerable = untracked.filter(
      (name) => !own.regenerable.some((folder) => name.startsWith(`${folder}/`)),
    );
    const changed = reading.facts.changed
      .filter((entry) => entry.change !== 'deleted')
      .map((entry) => displayPath(entry.rel));
    const byteNames = own.byteNames.map((name) => name.toString('latin1'));
    expect([...notRegenerable, ...changed].sort()).toEqual(
      [...ownFiles.filter((name) => name !== own.fifo), ...byteNames].sort(),
    );
    expect(reading.facts).toMatchObject({
      base: built.base,
      ownCommits: 1,
      describe: expect.stringMatching(/^v0\.9\.8-1-g/),
    });
    expect(
      reading.facts.changed.filter((entry) => entry.change === 'deleted').map((entry) => entry.rel),
    ).toEqual(own.deleted);
    expect(fs.lstatSync(join(built.clone, own.fifo)).isFIFO()).toBe(true);
    expect(fs.existsSync(join(built.clone, own.danglingLink))).toBe(false);
    expect(() => fs.statSync(join(built.clone, own.linkLoop[0]))).toThrow('ELOOP');
    for (const repository of [built.clone, ...built.projects.filter((p) => !p.gone).map((p) => p.path)])
      expect(runGit(repository, ['fsck', '--strict']).toString()).toBe('');
  });

  it('means to PyYAML what it says', () => {
    const { clone } = mixed();

    const settings = python(
      LOAD_YAML.replace('default=str', 'default=lambda t: t.isoformat()'),
      join(clone, 'orchestrator.yaml'),
    );
    const ids = python(
      'import json, sys, yaml\nc = json.load(sys.stdin)\nload = lambda n: yaml.safe_load(open(c + "/" + n))\nprint(json.dumps([str(load("orchestrator.yaml")["discord"]["guild_id"]), str(load("projects/webshop.yaml")["discord"]["channel_id"])]))',
      clone,
    );

    expect(settings).toMatchObject({
      orchestrator: ORCHESTRATOR_VALUES,
      discord: { enabled: true, auto_create_channels: false },
      tdd: { limits: { cpu: 2, memory_gb: 8 } },
    });
    expect(ids).toEqual([GUILD_ID, CHANNEL_ID]);
  });

  it('describes the projects in the layouts that its facts name', () => {
    const { clone, projects } = mixed();
    const read = (name: string) => python(LOAD_YAML, join(clone, name)) as Record<string, unknown>;
    const orch = Object.values(read('orch-config.yaml')['projects'] as Record<string, Row>);
    const config = read('config.yml') as unknown as { orchestrator: Record<string, string>; projects: Row[] };
    const found: [string, Row][] = [
      ...orch.map((row): [string, Row] => ['multi-project', row]),
      ...config.projects.map((row): [string, Row] => ['classic', row]),
      ...(read('config/projects.yaml')['projects'] as Row[]).map((row): [string, Row] => ['classic', row]),
      ['classic', { name: config.orchestrator['project_name']!, path: config.orchestrator['project_path']! }],
      ['documented', read('projects/webshop.yaml') as unknown as Row],
      ['documented', read('projects/uebersicht.yaml') as unknown as Row],
    ];

    const rows = new Set(
      found.map(([layout, { name, path }]) => `${layout} ${name} ${path.replace(/\/$/, '')}`),
    );

    expect([...rows].sort()).toEqual(
      projects
        .flatMap(({ name, path, layouts }) => layouts.map((layout) => `${layout} ${name} ${path}`))
        .sort(),
    );
    for (const { path, gone } of projects)
      expect(fs.existsSync(join(path, '.orch-state/status.json'))).toBe(!gone);
    expect(Object.keys(read('orch-config.yaml')['global'] as object)).toEqual(Object.keys(GLOBAL_DEFAULTS));
  });

  it('has every canary where its facts say, readable by Python, and different from all others', () => {
    const built = buildMixedInstallation(join(temp(), 'root'), { stateMegabytes: 1, target: 'existing' });
    const store = join(built.clone, '.orch-global/security/secrets.json');
    const tokens = Object.values(
      JSON.parse(fs.readFileSync(store, 'utf8')) as Record<string, { encrypted_value: string }>,
    );
    const inFile = (where: string) => built.canaries.filter((canary) => canary.where.endsWith(where));

    for (const { name, needle, value, where, alsoIn = [] } of built.canaries) {
      expect(value, name).toContain(needle);
      const isEncrypted = /secrets\.json$|credentials\.enc$/.test(where);
      for (const file of [where, ...alsoIn])
        expect(fs.readFileSync(join(built.root, file)).includes(needle), `${name} in ${file}`).toBe(
          !isEncrypted,
        );
    }
    const needles = new Set(built.canaries.map((canary) => canary.needle));
    expect(needles.size, 'only the password inside DATABASE_URL is there twice').toBe(
      built.canaries.length - 1,
    );
    for (const one of needles)
      expect([...needles].filter((other) => other !== one && other.includes(one))).toEqual([]);
    expect(
      python(DECRYPT, { key: built.fernetKey, tokens: tokens.map((row) => row.encrypted_value) }),
    ).toEqual(inFile('secrets.json').map((canary) => canary.value));
    expect(python(LOAD_DOTENV, join(built.clone, '.env'))).toMatchObject({
      ...Object.fromEntries(inFile('/.env').map((canary) => [canary.name, canary.value])),
      WEB_PORT: '9090',
      APM_TOKEN: null,
      OPENAI_API_KEY: built.placeholders[0],
    });
  });

  it('has an existing configuration home that Python can read', () => {
    const built = buildMixedInstallation(join(temp(), 'root'), { stateMegabytes: 1, target: 'existing' });
    const stored = JSON.parse(fs.readFileSync(join(built.target, 'credentials.enc'), 'utf8'));
    const key = fs.readFileSync(join(built.target, 'credentials.key'), 'utf8');

    expect(python(LOAD_YAML, join(built.target, 'config.yaml'))).toMatchObject({
      global: { log_level: built.existing?.logLevel },
    });
    expect(python(LOAD_YAML, join(built.target, 'projects/registry.yaml'))).toMatchObject({
      projects: { toolbox: built.existing?.registered },
    });
    expect(
      python(DECRYPT, { key, tokens: [stored.credentials[built.existing!.storedKey].encrypted_value] }),
    ).toEqual([built.canaries.find((canary) => canary.name === 'SENTRY_AUTH_TOKEN')?.value]);
    for (const name of built.existing!.ownFiles)
      expect(fs.existsSync(join(built.target, name)), name).toBe(true);
  });

  it('has about as much state as was asked for, in files that are all different', () => {
    const built = buildMixedInstallation(join(temp(), 'root'), { stateMegabytes: 10 });

    const sizes = built.projects
      .filter((project) => !project.gone)
      .flatMap((project) => describeTree(join(project.path, '.orch-state')));

    const files = sizes.filter((line) => / file /.test(line)).map((line) => line.split(' '));
    const total = files.reduce((sum, parts) => sum + Number(parts.at(-3)), 0);
    expect(total / (1 << 20)).toBeGreaterThan(9);
    expect(total / (1 << 20)).toBeLessThan(12);
    for (const path of ['backlog.json', 'status.json', 'sprints/sprint-3.json', 'tdd_cycles/cycle-40.json'])
      JSON.parse(fs.readFileSync(join(built.projects[1]!.path, '.orch-state', path), 'utf8'));
  });
});

describe('the hard installation', () => {
  it('is the same every time and has the difficulties that its facts name', () => {
    const root = join(temp(), 'root');
    const digests = [1, 2].map(() => {
      fs.rmSync(root, { recursive: true, force: true });
      buildHardInstallation(root);
      return treeDigest(root);
    });
    fs.rmSync(root, { recursive: true, force: true });
    const built = buildHardInstallation(root);
    const lineOf = (file: string, line: number) =>
      fs.readFileSync(join(built.clone, file), 'utf8').split('\n')[line - 1];

    expect(digests[0]).toBe(digests[1]);
    expect(built.decisions).toHaveLength(5);
    for (const { file, line, value } of built.decisions) {
      if (line !== undefined) expect(lineOf(file, line)).toContain(value ?? '"');
    }
    const store = JSON.parse(
      fs.readFileSync(join(built.clone, '.orch-global/security/secrets.json'), 'utf8'),
    );
    const key = fs.readFileSync(join(built.clone, '.orch-global/security/master.key'), 'utf8');
    const tokens = [store.secret_1.encrypted_value];
    expect(() => python(DECRYPT, { key, tokens })).toThrow('InvalidToken');
    expect(python(DECRYPT, { key: built.fernetKey, tokens })).toEqual([built.canaries[0]?.value]);
    const broken = spawnSync('/usr/bin/python3', [
      '-c',
      'import yaml, sys; yaml.safe_load(open(sys.argv[1]))',
      join(built.clone, 'discord-config.yaml'),
    ]);
    expect(broken.stderr.toString()).toContain('line 3');
    for (const { file } of built.hostile) expect(fs.existsSync(join(built.clone, file)), file).toBe(true);
  });
});

interface Row {
  readonly name: string;
  readonly path: string;
}

function mixed(): MixedInstallation {
  return buildMixedInstallation(join(temp(), 'root'), { stateMegabytes: 1 });
}
