import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';

const ROOT = join(import.meta.dirname, '..', '..');
const ENTRY = join(ROOT, 'src', 'agent.ts');

export interface AgentRun {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Envelope<Result = Record<string, unknown>> {
  readonly schema: string;
  readonly ok: boolean;
  readonly exit: number;
  readonly error?: {
    readonly code: string;
    readonly name: string;
    readonly message: string;
    readonly hint: string;
    readonly file?: string;
    readonly line?: number;
  };
  readonly result: Result;
}

/** Runs the real program in a process of its own, with `home` as HOME and nothing of this machine's settings. */
export function runAgent(
  home: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): AgentRun {
  const { status, stdout, stderr } = spawnSync(process.execPath, [ENTRY, ...args], {
    cwd: home,
    env: { PATH: '/usr/bin:/bin', HOME: home, LC_ALL: 'C.UTF-8', ...env },
    encoding: 'utf8',
    maxBuffer: 64 << 20,
  });
  return { exit: status ?? -1, stdout, stderr };
}

/** The same with `--json`: the envelope, checked against the verb's published schema. */
export function askAgent<Result = Record<string, unknown>>(
  home: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Envelope<Result> {
  const { stdout, stderr } = runAgent(home, [...args, '--json'], env);
  if (stdout === '') throw new Error(`the agent printed nothing: ${stderr}`);
  const envelope = JSON.parse(stdout) as Envelope<Result>;
  const validate = schemaOf(envelope.schema.split('/')[1] ?? '');
  if (!validate(envelope)) throw new Error(`not as docs/cli says: ${JSON.stringify(validate.errors)}`);
  return envelope;
}

const schemas = new Map<string, ValidateFunction>();

function schemaOf(verb: string): ValidateFunction {
  const known = schemas.get(verb);
  if (known !== undefined) return known;
  const schema = JSON.parse(readFileSync(join(ROOT, 'docs', 'cli', `${verb}.schema.json`), 'utf8')) as object;
  const compiled = new Ajv2020({ allErrors: true }).compile(schema);
  schemas.set(verb, compiled);
  return compiled;
}
