import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Installs a copy of the real source tree (UPSTREAM_CLONE) as a package, the way an editable install does, in an
 * environment of its own below `folder`. Returns the absolute path of its `agent-orch`.
 */
export function installUpstream(upstream: string, folder: string): string {
  mkdirSync(folder, { recursive: true });
  const source = join(folder, 'package');
  const venv = join(folder, 'venv');
  cpSync(upstream, source, { recursive: true, verbatimSymlinks: true });
  must('/usr/bin/python3', ['-m', 'venv', '--without-pip', '--system-site-packages', venv]);
  const [python = ''] = readdirSync(join(venv, 'lib'));
  writeFileSync(join(venv, 'lib', python, 'site-packages', 'agent-workflow.pth'), `${source}\n`);
  const command = join(venv, 'bin', 'agent-orch');
  writeFileSync(
    command,
    `#!${join(venv, 'bin', 'python3')}\nfrom agent_workflow.cli.main import main\nmain()\n`,
  );
  chmodSync(command, 0o755);
  must(join(venv, 'bin', 'python3'), ['-c', 'import agent_workflow, click, rich']);
  return command;
}

/** @throws Error with what the command said, if it fails. */
export function must(command: string, args: readonly string[]): string {
  const result = spawnSync(command, args, { encoding: 'utf8' });
  if (result.status !== 0) throw new Error(`${command} ${args.join(' ')}: ${result.stderr}`);
  return result.stdout;
}
