import { VERSION } from '../../shared/tool.ts';
import { generalHelp } from './help.ts';
import { print } from './printed.ts';

/** Runs one command line (without the program's name) and returns its exit code. Loads only what it needs. */
export async function main(argv: readonly string[]): Promise<number> {
  // Whoever read the output may be gone: that must not stop a run half-way.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  // A terminal that is gone cannot be given its old mode back; readline would fail over that instead of ending.
  const { stdin } = process;
  if (stdin.isTTY) stdin.once('end', () => Object.assign(stdin, { setRawMode: () => stdin }));
  const [name, ...rest] = argv;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help')
    return print(generalHelp());
  if (name === '--version') return print([VERSION]);
  return (await import('./run-command.ts')).runCommand(name, rest);
}
