import { join } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import { environmentOf } from '../credentials/environment.ts';
import { readVault } from '../credentials/vault.ts';
import { targetPath } from '../survey/target.ts';
import type { ReadSystem } from '../system.ts';
import { nodeAt } from '../yaml/leaves.ts';
import { readYaml } from '../yaml/read-yaml.ts';
import { TARGET } from './shared-options.ts';
import type { Verb } from './verb.ts';

export const exec: Verb = {
  name: 'exec',
  summary: 'run a command with the stored secrets in its environment',
  usage: '[--target DIR] -- COMMAND [ARGUMENTS]',
  options: {
    target: TARGET,
  },
  arguments: undefined,
  async run({ system, settings, args }) {
    const [command, ...rest] = args;
    if (command === undefined)
      throw new AppError('USAGE', { problem: 'no command was given after --', verb: 'exec' });
    const target = targetPath(system, settings.target);
    const enc = join(target, 'credentials.enc');
    if (system.lstat(enc) === undefined) throw new AppError('NO_CREDENTIALS', { path: target });
    const key = join(target, 'credentials.key');
    const vault = readVault(system.lstat(key) && system.readFile(key), system.readFile(enc));
    const secrets = environmentOf(vault, providerOf(system, target));
    const env: Record<string, string> = {};
    for (const [name, value] of Object.entries(system.env)) if (value !== undefined) env[name] = value;
    for (const [name, secret] of secrets) env[name] = secret.reveal().toString('utf8');
    const status = await system.attach(command, rest, env);
    if (typeof status === 'string') throw new AppError('COMMAND_NOT_FOUND', { command, reason: status });
    return {
      exit: status,
      result: { command, status, variables: [...secrets.keys()] },
      text: [],
      silent: true,
    };
  },
};

function providerOf(system: ReadSystem, target: string): string | undefined {
  const path = join(target, 'config.yaml');
  const root = system.lstat(path) && readYaml(system.readFile(path)).root;
  const node = root && nodeAt(root, ['ai_provider', 'provider']);
  return node?.kind === 'scalar' && node.type === 'text' ? String(node.value) : undefined;
}
