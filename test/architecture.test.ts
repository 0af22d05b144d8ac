import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { COMMANDS, HANDLERS } from '../commands/index.ts';
import { CHECKS } from '../src/agent/checks/index.ts';
import { VERBS } from '../src/agent/cli/index.ts';
import { CONVERSIONS } from '../src/agent/conversions/index.ts';
import { PACKAGES } from '../src/playground/web/static-files.ts';
import { ERRORS } from '../src/shared/errors.ts';

const ROOT = join(import.meta.dirname, '..');

/** Who may import whom: a folder, what it may take from us, and what from npm. The first row that fits a file counts. */
const IMPORTS: readonly {
  readonly folder: string;
  readonly ours: readonly string[];
  readonly npm: readonly string[];
}[] = [
  {
    folder: 'src/shared',
    ours: ['src/shared', 'package.json'],
    npm: ['pino', 'yaml', 'ajv', 'discord-api-types'],
  },
  { folder: 'src/protocol', ours: ['src/protocol', 'src/shared'], npm: ['ajv', 'jose', 'ws'] },
  // ws: the agent dials out, and the protocol folder stays free of sockets
  {
    folder: 'src/agent',
    ours: ['src/agent', 'src/protocol', 'src/shared'],
    npm: [
      'undici',
      'yaml',
      'ajv',
      'age-encryption',
      'ws',
      '@inquirer/select',
      '@secretlint/secretlint-rule-preset-recommend',
    ],
  },
  { folder: 'src/agent.ts', ours: ['src/agent', 'src/shared'], npm: [] },
  {
    folder: 'services',
    ours: ['services', 'src/protocol', 'src/shared'],
    npm: ['ws', 'keyv', 'kysely', 'pg', 'redis', 'undici', 'prom-client', 'croner'],
  },
  {
    folder: 'commands',
    ours: ['commands', 'services', 'src/protocol', 'src/shared'],
    npm: ['@discordjs/builders', 'discord-api-types', 'discord.js'],
  },
  {
    folder: 'src/bot',
    ours: ['src/bot', 'commands', 'services', 'deploy-commands.ts', 'src/protocol', 'src/shared'],
    npm: ['discord.js', 'discord-api-types'],
  },
  {
    folder: 'src/bot.ts',
    ours: ['src/bot', 'commands', 'services', 'src/protocol', 'src/shared'],
    npm: ['discord.js', 'discord-api-types'],
  },
  {
    folder: 'src/playground',
    ours: ['src/playground', 'src/shared'],
    npm: [
      'ws',
      'discord-api-types',
      'zod',
      'discord-api-spec',
      '@lydell/node-pty',
      '@xterm/xterm',
      '@xterm/addon-fit',
    ],
  },
  { folder: 'src/playground.ts', ours: ['src/playground'], npm: [] },
  {
    folder: 'deploy-commands.ts',
    ours: ['commands/index.ts', 'src/bot', 'src/shared'],
    npm: ['discord.js', 'discord-api-types'],
  },
  { folder: 'scripts', ours: ['src', 'docs', 'scripts', 'test/compare'], npm: ['rolldown', 'postject'] },
];

/** Of these folders' imports from a package, only types may come. */
const TYPES_ONLY: readonly { readonly folder: string; readonly ours?: string; readonly npm?: string }[] = [
  { folder: 'commands', ours: 'services' },
  { folder: 'commands', ours: 'src/protocol' },
  { folder: 'commands', npm: 'discord.js' },
];

/** Inside the agent data flows one way: a folder may take from those before it in its row, never from those after. */
const LAYERS: readonly (readonly string[])[] = [
  [
    'src/agent/yaml',
    'src/agent/credentials',
    'src/agent/backup',
    'src/agent/survey',
    'src/agent/conversions',
    'src/agent/checks',
    'src/agent/run',
    'src/agent/jobs',
    'src/agent/channel',
    'src/agent/cli',
  ],
];

interface Import {
  readonly from: string;
  readonly specifier: string;
  /** Path from the root for our own files, else the package's name. */
  readonly to: string;
  readonly isOurs: boolean;
  readonly isType: boolean;
}

const files = globSync('{src,scripts,commands,services}/**/*.{ts,js}', { cwd: ROOT }).concat(
  globSync('*.ts', { cwd: ROOT }),
);
const imports = files.flatMap(importsOf);

function importsOf(file: string): Import[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  const found = text.matchAll(/^(?:import|export)\s+(type\s)?[^;]*?from '([^']+)'|\bimport\('([^']+)'\)/gm);
  return [...found].map((match) => {
    const specifier = (match[2] ?? match[3]) as string;
    const isOurs = specifier.startsWith('.');
    const to = isOurs ? relative(ROOT, resolve(ROOT, dirname(file), specifier)) : packageName(specifier);
    return { from: file, specifier, to, isOurs, isType: match[1] !== undefined };
  });
}

function packageName(specifier: string): string {
  const brought = Object.entries(PACKAGES).find(([path]) => path === specifier);
  if (brought !== undefined) return brought[1][0];
  if (specifier.startsWith('node:')) return 'node';
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

function isIn(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

describe('imports', () => {
  it('keep to the table of who may import whom', () => {
    const wrong = imports.filter(({ from, to, isOurs }) => {
      const row = IMPORTS.find(({ folder }) => isIn(from, folder));
      if (row === undefined) return true;
      return isOurs ? !row.ours.some((folder) => isIn(to, folder)) : to !== 'node' && !row.npm.includes(to);
    });
    expect(
      wrong.map(({ from, to }) => `${from} -> ${to}`).filter((line) => !line.startsWith('vitest.config.ts')),
    ).toEqual([]);
  });

  it('take only types where the table says so', () => {
    const wrong = TYPES_ONLY.flatMap(({ folder, ours, npm }) =>
      imports.filter(
        ({ from, to, isOurs, isType }) =>
          !isType && isIn(from, folder) && (isOurs ? ours !== undefined && isIn(to, ours) : to === npm),
      ),
    );
    expect(wrong.map(({ from, to }) => `${from} -> ${to}`)).toEqual([]);
  });

  it('inside the agent, take values only from layers below', () => {
    const wrong = LAYERS.flatMap((layers) =>
      imports.filter(({ from, to, isType }) => {
        const here = layers.findIndex((layer) => isIn(from, layer));
        const there = layers.findIndex((layer) => isIn(to, layer));
        return !isType && here >= 0 && there > here;
      }),
    );
    expect(wrong.map(({ from, to }) => `${from} -> ${to}`)).toEqual([]);
  });

  it('name files that are there, with their ending', () => {
    const missing = imports.filter(({ to, isOurs }) => isOurs && !existsSync(join(ROOT, to)));
    expect(missing.map(({ from, specifier }) => `${from} -> ${specifier}`)).toEqual([]);
  });

  it('never reach a test, but for the script that compares over the generated installations', () => {
    const reaching = imports.filter(({ to }) => isIn(to, 'test')).map(({ from }) => from);
    expect(reaching).toEqual(['scripts/compare-with-upstream.ts']);
  });

  it('make no cycle of values', () => {
    const next = Map.groupBy(
      imports.filter(({ isOurs, isType }) => isOurs && !isType),
      ({ from }) => from,
    );
    const done = new Set<string>();
    const cycle = (file: string, path: readonly string[]): string[] | undefined => {
      if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
      if (done.has(file)) return undefined;
      for (const { to } of next.get(file) ?? []) {
        const found = cycle(to, [...path, file]);
        if (found !== undefined) return found;
      }
      done.add(file);
      return undefined;
    };
    expect(files.map((file) => cycle(file, [])).find((found) => found !== undefined)).toBeUndefined();
  });
});

describe('the command line', () => {
  it.each(VERBS.map(({ name }) => name))(
    'has a file, a schema, a docs line and a test that runs it: %s',
    (name) => {
      expect(existsSync(join(ROOT, 'src/agent/cli', `${name}.ts`))).toBe(true);
      expect(existsSync(join(ROOT, 'docs/cli', `${name}.schema.json`))).toBe(true);
      expect(readFileSync(join(ROOT, 'README.md'), 'utf8')).toContain(`\`${name}`);
      const tests = globSync('test/scenarios/*.test.ts', { cwd: ROOT }).map((file) =>
        readFileSync(join(ROOT, file), 'utf8'),
      );
      expect(tests.some((text) => text.includes(`['${name}'`))).toBe(true);
    },
  );
});

describe('the commands in Discord', () => {
  it.each(COMMANDS.map(({ definition }) => definition.name))(
    'have a file, a docs line and a test that types them: /%s',
    (name) => {
      expect(existsSync(join(ROOT, 'commands', `${name}.ts`))).toBe(true);
      expect(readFileSync(join(ROOT, 'README.md'), 'utf8')).toContain(`\`/${name}`);
      const tests = globSync('test/{bot,scenarios}/*.test.ts', { cwd: ROOT }).map((file) =>
        readFileSync(join(ROOT, file), 'utf8'),
      );
      expect(tests.some((text) => text.includes(`'/${name}`))).toBe(true);
    },
  );

  it('and everything that can be pressed has a route of its own', () => {
    const routes = HANDLERS.map(({ route }) => route);
    expect(new Set(routes).size).toBe(routes.length);
  });

  it('are built without the builders of discord.js, whose classes do not mix with ours', () => {
    const wrong = files.filter((file) =>
      /import \{[^}]*Builder[^}]*\} from 'discord\.js'/.test(readFileSync(join(ROOT, file), 'utf8')),
    );
    expect(wrong).toEqual([]);
  });
});

describe('lists written by hand', () => {
  it('name every conversion and every check once', () => {
    for (const names of [CONVERSIONS.map(({ id }) => id), CHECKS.map(({ name }) => name)]) {
      expect(new Set(names).size).toBe(names.length);
    }
  });

  it('give every conversion a test of its own', () => {
    const missing = CONVERSIONS.filter(
      ({ id }) => !existsSync(join(ROOT, 'test/agent/conversions', `${id}.test.ts`)),
    );
    expect(missing.map(({ id }) => id)).toEqual([]);
  });

  it('use every error of the registry somewhere', () => {
    const text = files
      .filter((file) => !file.endsWith('errors.ts'))
      .map((file) => readFileSync(join(ROOT, file), 'utf8'))
      .join('\n');
    expect(Object.keys(ERRORS).filter((name) => !text.includes(`'${name}'`))).toEqual([]);
  });
});

describe('files', () => {
  it('have no default exports outside of tool configurations', () => {
    const wrong = files.filter(
      (file) =>
        file !== 'vitest.config.ts' && /^export default/m.test(readFileSync(join(ROOT, file), 'utf8')),
    );
    expect(wrong).toEqual([]);
  });

  it('load the library of questions only when somebody is asked: a command starts without it', () => {
    const wrong = files.filter((file) =>
      /^import [^;]*from '@inquirer\//m.test(readFileSync(join(ROOT, file), 'utf8')),
    );
    expect(wrong).toEqual([]);
  });

  it('touch the machine only through System', () => {
    // The hub is dialled in one file, for the path of a Unix socket does not always fit into a URL for ws; what TLS and
    // proxies are dialled with stands beside it.
    const allowed = [
      'src/agent/real-system.ts',
      'src/shared/load-config.ts',
      'src/agent/channel/connection.ts',
      'src/agent/channel/wss-options.ts',
    ];
    const wrong = imports.filter(
      ({ from, specifier }) =>
        isIn(from, 'src/agent') &&
        !allowed.includes(from) &&
        /^node:(fs|child_process|os|net|http)/.test(specifier),
    );
    expect(wrong.map(({ from, specifier }) => `${from} -> ${specifier}`)).toEqual([]);
  });
});
