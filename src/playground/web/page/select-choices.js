/**
 * What a select offers, by its type: its own options, or people, roles and channels of the server.
 * @param {any} node the component
 * @param {any} screen
 * @returns {import('./picker.js').Choice[]}
 */
export function selectChoices(node, screen) {
  const people = screen.members.map(({ id, displayName, username }) => ({
    label: displayName,
    value: id,
    description: username,
  }));
  const roles = screen.roles.map(({ id, name }) => ({ label: `@${name.replace(/^@/, '')}`, value: id }));
  const channels = screen.channels
    .filter(({ kind }) => kind !== 'direct')
    .map(({ id, name }) => ({ label: `# ${name}`, value: id }));
  const defaults = new Set((node.default_values ?? []).map(({ id }) => id));
  const marked = (choices) => choices.map((choice) => ({ ...choice, default: defaults.has(choice.value) }));
  switch (node.type) {
    case 5:
      return marked(people);
    case 6:
      return marked(roles);
    case 7:
      return marked([...people, ...roles]);
    case 8:
      return marked(channels);
    default:
      return node.options ?? [];
  }
}
