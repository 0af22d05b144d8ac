/**
 * Commands as they work where they are printed: from a checkout the programs are started through npm, and a package has
 * them by their names, which is how texts are written.
 */
export function asStartedHere(text: string, script = process.argv[1]): string {
  if (!isCheckout(script)) return text;
  return text
    .replaceAll(/\bmigration-agent (?=[A-Za-z-])/g, 'npm run -s agent -- ')
    .replaceAll(/\bmigration-bot (?=[A-Za-z-])/g, 'npm run bot -- ');
}

/** Whether this program runs from a checkout, where npm starts the others in its folder, and not from a package. */
export function isCheckout(script = process.argv[1]): boolean {
  return script?.endsWith('.ts') === true;
}
