import fc from 'fast-check';
import { yamlFile } from '../yaml/yaml-texts.ts';

/** A clone's files as people type them, in one of the layouts (formats.md §2) or several at once. */
export interface LayoutTexts {
  readonly files: Readonly<Record<string, string>>;
  /** How many projects all of them describe together; each has a folder of its own. */
  readonly projects: number;
}

/** Scalars that PyYAML reads otherwise than YAML 1.2, and others that the package would or would not take. */
const scalar = fc.constantFrom(
  ...[
    'yes',
    'off',
    'y',
    'N',
    '022',
    '0o17',
    '0x1F',
    '0b101',
    '1:30',
    '190:20:30',
    '1_000',
    '1e3',
    '1.0e+3',
    '08',
  ],
  ...[
    '.5',
    '-.5',
    '.inf',
    '-.INF',
    '.nan',
    '~',
    'null',
    'NULL',
    '',
    '2024-01-15',
    '2024-01-15T10:30:00',
    "'1'",
  ],
  ...[
    '"on"',
    '!!str 12',
    '!!int "7"',
    '1234567890123456789',
    '-0',
    '+1',
    '007',
    "'it''s'",
    '"\\x41 \\u263a"',
    'Zürich',
  ],
  ...[
    'blocking',
    'PARTIAL',
    'autonomous',
    'yolo',
    'WARNING',
    'debug',
    '7',
    '500',
    'claude',
    '[a, 1, yes]',
    '{}',
    '[]',
  ],
);

const comment = fc.constantFrom('', '', '  # mine', '   # a: b');

/** `key: value` lines of a section, merged keys first. */
function section(name: string, keys: readonly string[]): fc.Arbitrary<string> {
  const lines = fc.array(fc.tuple(fc.constantFrom(...keys), scalar, comment), { minLength: 1, maxLength: 5 });
  const merge = fc.constantFrom('', '  <<: *shared\n', '  <<: [*shared, *other]\n', '  copy: *other\n');
  return fc
    .record({ lines, merge, nested: fc.tuple(scalar, scalar) })
    .map(
      ({ lines: all, merge: first, nested: [a, b] }) =>
        `${name}:\n${first}${all.map(([key, value, after]) => `  ${key}: ${value}${after}\n`).join('')}  odd:\n    deep: {of: ${flow(a)}}\n    items:\n    - ${b}\n    - more: ${a}\n`,
    );
}

/** In a flow map an empty value and a colon would end it. */
function flow(value: string): string {
  return value === '' ? '~' : value;
}

const SHARED =
  'shared: &shared {log_level: WARNING, beta: 1:30, channel_prefix: crew}\nother: &other\n  mode: partial\n  n: 022\n';

const main = fc
  .tuple(
    section('orchestrator', [
      'mode',
      'default_mode',
      'log_level',
      'max_projects',
      'beta',
      'backup_retention_days',
    ]),
    section('ai', ['provider', 'model', 'temperature', 'requests_per_minute', 'rate_limit']),
    section('discord', ['guild_id', 'enabled', 'channel_prefix', 'auto_create_channels', 'greeting']),
    section('security', ['enforce_agent_restrictions', 'command_approval_required', 'level']),
    section('tdd', ['enabled', 'coverage', 'tool']),
  )
  .map((parts) => parts.join(''));

const multi = section('global', [
  'max_concurrent_projects',
  'global_discord_guild',
  'backup_retention_days',
  'zone',
]);
const chat = section('discord', ['guild_id', 'channel_prefix', 'bot_permissions', 'colour']);
const bot = fc
  .tuple(
    section('bot', ['guild_id', 'prefix', 'status']),
    section('server', ['guild_id', 'auto_create_channels', 'region']),
  )
  .map((parts) => parts.join(''));

interface Project {
  readonly mode: string;
  readonly status: string;
  readonly extra: string;
}

const project = fc.record({
  mode: fc.constantFrom('blocking', 'partial', 'Autonomous', 'yolo', '~'),
  status: fc.constantFrom('active', 'maintenance', 'idle', 'off', '022'),
  extra: scalar.map(flow),
});

/** Names that YAML, a map or a file system may make something else of. */
function nameOf(n: number): string {
  return (
    ['shop', 'my project', 'Zürich', 'no', '12', 'a.b', 'same'][n % 7] +
    (n % 7 === 6 ? '' : n < 7 ? '' : `-${n}`)
  );
}

function facts({ mode, status, extra }: Project, n: number, folder: string): string {
  return `{name: "${nameOf(n)}", path: "${folder}/p${n}", mode: ${mode}, status: ${status}, discord_channel: "1234567890123456${100 + (n % 800)}", resources: {cpu: ${extra}}}`;
}

/** One of the layouts, or all of them mixed, with `count` projects whose folders lie in `folder`. */
export function layoutTexts(folder: string, counts: readonly number[]): fc.Arbitrary<LayoutTexts> {
  return fc
    .record({
      layout: fc.constantFrom('documented', 'classic', 'multi', 'mixed'),
      count: fc.constantFrom(...counts),
      wild: fc.tuple(yamlFile, yamlFile, yamlFile),
      hasWild: fc.tuple(fc.boolean(), fc.boolean(), fc.boolean()),
      main,
      multi,
      chat,
      bot,
      port: fc.constantFrom('8080', '"0x1F"', "'yes'", ''),
    })
    .chain((made) =>
      fc.array(project, { minLength: made.count, maxLength: made.count }).map((projects) => {
        const isIn = (...layouts: string[]) => layouts.includes(made.layout) || made.layout === 'mixed';
        const places = isIn('documented') ? ['files'] : [];
        if (isIn('classic')) places.push('list');
        if (isIn('multi')) places.push('map');
        const here = (place: string) =>
          projects.flatMap((one, n) => (places[n % places.length] === place ? [facts(one, n, folder)] : []));
        const withWild = (text: string, n: 0 | 1 | 2) =>
          made.hasWild[n] ? `${text}wild:\n${indented(made.wild[n])}` : text;
        const files: Record<string, string> = { '.env': `WEB_PORT=${made.port}\nDEBUG=yes\n` };
        if (isIn('documented')) {
          files['orchestrator.yaml'] = withWild(SHARED + made.main, 0);
          files['discord-config.yaml'] = SHARED + made.chat;
          for (const [n, text] of here('files').entries()) files[`projects/p${n}.yaml`] = `${text}\n`;
        }
        if (isIn('classic')) {
          files['config.yml'] = withWild(SHARED + made.main.replace('WARN', 'ERROR'), 1);
          files['discord-bot.config'] = SHARED + made.bot;
          files['config/projects.yaml'] = `projects:\n${here('list')
            .map((text) => `- ${text}\n`)
            .join('')}`;
        }
        if (isIn('multi')) {
          const entries = here('map').map((text, n) => `  key${n}: ${text}\n`);
          files['orch-config.yaml'] = withWild(`${SHARED}${made.multi}projects:\n${entries.join('')}`, 2);
        }
        return { files, projects: made.count };
      }),
    );
}

/** A whole file as the value of a key; document marks and directives cannot be indented. */
function indented(text: string): string {
  const lines = text.replaceAll('\r\n', '\n').split('\n');
  return lines
    .map((line) => (line === '' || line === '---' ? '' : `  ${line}`))
    .join('\n')
    .concat('\n');
}
