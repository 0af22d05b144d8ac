/**
 * The slash commands as lines that one can type, subcommands spelled out.
 * @typedef {{ usage: string, description: string, options: any[] }} Command
 */

const SUBCOMMAND = 1;
const GROUP = 2;

/**
 * @param {any[]} commands as Discord lists them
 * @param {readonly string[]} offered ids of those offered in the channel
 * @returns {Command[]}
 */
export function commandLines(commands, offered) {
  return commands
    .filter(({ id, type }) => (type ?? 1) === 1 && offered.includes(id))
    .flatMap((command) => lines(command, `/${command.name}`))
    .toSorted((one, other) => one.usage.localeCompare(other.usage));
}

/**
 * @param {any} node
 * @param {string} usage
 * @returns {Command[]}
 */
function lines({ description, options = [] }, usage) {
  const branches = options.filter(({ type }) => type === SUBCOMMAND || type === GROUP);
  if (branches.length === 0) return [{ usage, description, options }];
  return branches.flatMap((branch) => lines(branch, `${usage} ${branch.name}`));
}

/**
 * Those that fit what was typed, best first: every typed word begins a word of the command.
 * @param {Command[]} commands
 * @param {string} typed
 */
export function matching(commands, typed) {
  const words = typed.replace(/^\//, '').toLowerCase().split(/\s+/).filter(Boolean);
  const fits = (/** @type {Command} */ { usage }) => {
    const names = usage.slice(1).split(' ');
    return words.every((word) => names.some((name) => name.startsWith(word)));
  };
  const inOrder = (/** @type {Command} */ { usage }) => (usage.slice(1).startsWith(words.join(' ')) ? 0 : 1);
  return commands.filter(fits).toSorted((one, other) => inOrder(one) - inOrder(other));
}
