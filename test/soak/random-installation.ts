import { appendFileSync, linkSync, lstatSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { settleTimes } from '../fixtures/settle.ts';
import { buildTinyInstallation, type TinyInstallation } from '../fixtures/tiny-installation.ts';
import { put } from '../fixtures/write-files.ts';
import type { Random } from '../helpers/random.ts';

const NAMES = [
  'a',
  'b c',
  'ümlaut',
  '-dash',
  "quote's",
  'new\nline',
  '.hidden',
  '日本',
  'x'.repeat(120),
  'A',
];
const MODES = [0o600, 0o644, 0o640, 0o755, 0o444];

/** An installation, often with a home already, whose files, names, sizes, modes, links and settings follow from the seed. */
export function randomInstallation(root: string, random: Random): TinyInstallation {
  const tiny = buildTinyInstallation(root, random.once(2) ? 'none' : 'existing');
  const { clone, project, target } = tiny;
  furnish(join(clone, 'tools'), random, random.between(0, 6));
  furnish(join(project, '.orch-state', 'sprints'), random, random.between(0, 6));
  if (lstatSync(target, { throwIfNoEntry: false }) !== undefined) {
    furnish(join(target, 'custom'), random, random.between(0, 8));
    furnish(join(target, 'global', 'notes'), random, random.between(0, 4));
  }
  for (let n = random.between(0, 3); n > 0; n--)
    appendFileSync(
      join(clone, 'config.yml'),
      `  p${n}: {path: ${JSON.stringify(join(tiny.home, `p${n}`))}}\n`,
    );
  for (let n = random.between(0, 4); n > 0; n--)
    appendFileSync(
      join(clone, '.env'),
      `SETTING_${n}_TOKEN=value-${random.between(1, 1e9).toString(36)}-${n}\n`,
    );
  settleTimes(root);
  return tiny;
}

function furnish(folder: string, random: Random, count: number): void {
  if (count === 0) return;
  mkdirSync(folder, { recursive: true });
  const files: string[] = [];
  for (let n = 0; n < count; n++) {
    const depth = random.between(0, 2);
    const inner = join(folder, ...Array.from({ length: depth }, () => random.pick(NAMES)));
    const name = `${n}-${random.pick(NAMES)}`;
    mkdirSync(inner, { recursive: true });
    const path = join(inner, name);
    const kind = random.pick([
      'file',
      'file',
      'file',
      'file',
      'file',
      'file',
      'link',
      'second name',
    ] as const);
    if (kind === 'link') symlinkSync(random.pick(['../nowhere', '/etc/hostname', '.']), path);
    else if (kind === 'second name' && files.length > 0) linkSync(random.pick(files), path);
    else {
      put(inner, name, contentOf(random), random.pick(MODES));
      files.push(path);
    }
  }
}

function contentOf(random: Random): Buffer {
  const size = random.pick([0, 1, 511, 512, 513, 4096, 70_000]);
  return Buffer.from(Array.from({ length: size }, () => random.between(0, 255)));
}
