import { join } from 'node:path';
import { isMovedAside } from '../../moved-aside.ts';
import type { Look } from '../look.ts';
import type { Place } from '../reference.ts';

const START_FILES = [
  '.bashrc',
  '.bash_profile',
  '.bash_login',
  '.bash_logout',
  '.bash_aliases',
  '.bash_functions',
  '.profile',
  '.xprofile',
  '.xsessionrc',
  '.pam_environment',
  '.kshrc',
  '.mkshrc',
  '.aliases',
  '.functions',
  '.zshenv',
  '.zshrc',
  '.zprofile',
  '.zlogin',
  '.zlogout',
  '.zsh_aliases',
  '.config/fish/config.fish',
];
const START_FOLDERS = [
  '.bashrc.d',
  '.zshrc.d',
  '.config/fish/conf.d',
  '.config/fish/functions',
  '.config/environment.d',
];
const SYSTEM_FILES = ['/etc/profile', '/etc/bash.bashrc', '/etc/environment', '/etc/zsh/zshrc'];
const OF_SYSTEM = 'it belongs to the system: edit it with sudo';
const TERMINALS = ['.tmux.conf', '.config/tmux/tmux.conf', '.screenrc'];
const TERMINAL_FOLDERS = ['.tmuxinator', '.config/tmuxinator', '.config/tmuxp'];
/** Where people keep commands of their own. */
const COMMAND_FOLDERS = ['bin', '.local/bin'];

/** What shells read when they start, and the person's own commands. */
export function* shellFiles(look: Look): Generator<Place> {
  const { home, env } = look.system;
  const zsh = env['ZDOTDIR'];
  const inZsh = zsh === undefined || zsh === '' ? [] : START_FILES.filter((name) => name.startsWith('.z'));
  const paths = [
    ...START_FILES.map((name) => join(home, name)),
    ...inZsh.map((name) => join(zsh as string, name)),
    ...filesIn(look, START_FOLDERS),
  ];
  const system = [
    ...SYSTEM_FILES,
    ...look.entries('/etc/profile.d').map(({ name }) => join('/etc/profile.d', name)),
  ];
  const terminals = [...TERMINALS.map((name) => join(home, name)), ...filesIn(look, TERMINAL_FOLDERS)];
  for (const path of paths) yield* look.file('shell', path, 'shell');
  for (const path of system) yield* look.file('shell', path, 'words', { never: OF_SYSTEM });
  for (const path of filesIn(look, COMMAND_FOLDERS)) yield* look.file('script', path, 'shell');
  for (const path of terminals) yield* look.file('script', path, 'words');
}

function filesIn(look: Look, folders: readonly string[]): string[] {
  const { home } = look.system;
  return folders.flatMap((folder) =>
    look
      .entries(join(home, folder))
      .filter(({ kind, name }) => (kind === 'file' || kind === 'link') && !isMovedAside(name))
      .map(({ name }) => join(home, folder, name)),
  );
}
