import { resolve } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import { safeText } from '../../shared/safe-text.ts';
import { bytesInWords } from '../../shared/words.ts';
import { shortPath } from '../paths.ts';
import { type InstalledPackage, probePackage } from '../survey/package-probe.ts';
import { keepWheel } from './do-actions.ts';
import { fetchWheel } from './fetch-wheel.ts';
import { type InstalledFacts, installedFacts, isOfClone } from './installed-package.ts';
import { INSTALLERS, type InstallMethod, usualMethod } from './installers.ts';
import { ENTRY_POINT, isPinned, type PackageSpec, parsePackageSpec, sameName } from './package-spec.ts';
import { provePackage } from './prove-package.ts';
import { findPython } from './python.ts';
import { canAsk, type Talk } from './talk.ts';
import { readWheel, type WheelFacts } from './wheel-facts.ts';

export interface PackageWish {
  /** The clone: what belongs to it is no package. */
  readonly source: string;
  /** Folder with wheels of the package and of all that it needs; nothing is asked of the network then. */
  readonly wheels?: string | undefined;
  readonly method?: InstallMethod | undefined;
  readonly offline?: boolean | undefined;
}

/** What a person, or a pin, agreed to. Nothing is installed yet. */
export type PackageAgreement =
  | { readonly kind: 'found'; readonly command: string; readonly facts: InstalledFacts }
  | { readonly kind: 'install'; readonly agreed: AgreedPackage }
  | { readonly kind: 'declined' };

export interface AgreedPackage {
  readonly method: InstallMethod;
  /** The proven file, kept in the agent's home. */
  readonly wheel: string;
  readonly facts: WheelFacts;
  readonly python: string;
  readonly wheels: string | undefined;
}

/**
 * Finds the package, proves that it is the right one, and asks where nothing pins it. Writes nothing but the proven file
 * into the agent's home.
 * @throws PACKAGE_SPEC_INVALID, PACKAGE_OTHER, PYTHON_MISSING, PACKAGE_NOT_FOUND, PACKAGE_WRONG, PACKAGE_NOT_PINNED
 */
export async function agreeOnPackage(talk: Talk, wish: PackageWish): Promise<PackageAgreement> {
  const { system, settings } = talk;
  const spec = parsePackageSpec(settings.packageSpec);
  const probe = probePackage(system);
  if (probe.installed && !isOfClone(system, probe, wish.source)) return found(talk, spec, probe);
  const python = findPython(system, wish.source);
  const method = wish.method ?? usualMethod(system);
  if (!INSTALLERS[method].isThere(system))
    throw new AppError('PACKAGE_INSTALL_FAILED', { method, reason: 'the program is not there' });
  const wheels = wish.wheels === undefined ? undefined : resolve(system.cwd, wish.wheels);
  if (wheels === undefined && wish.offline === true)
    throw new AppError('PACKAGE_NOT_FOUND', {
      name: spec.name,
      where: 'without the network',
      reason: '--offline was given, and no --wheels',
    });
  const scratch = system.scratch();
  try {
    const wheel = fetchWheel(system, python, spec, wheels, scratch.path);
    const facts = readWheel(system, python, wheel);
    provePackage(spec, facts);
    if (!(await agreed(talk, spec, facts, method, wheels))) return { kind: 'declined' };
    const kept = keepWheel(system, settings.home, wheel, facts.sha256);
    return { kind: 'install', agreed: { method, wheel: kept, facts, python, wheels } };
  } finally {
    scratch.remove();
  }
}

/** One that is there is proven by what its own Python knows of it. Another one is never put in its place. */
function found({ system, say }: Talk, spec: PackageSpec, probe: InstalledPackage): PackageAgreement {
  const facts = installedFacts(system, probe);
  const other = (reason: string) =>
    new AppError('PACKAGE_OTHER', { command: shortPath(probe.command, system.home), reason });
  if (facts === undefined) throw other('nobody can tell which package it belongs to');
  const { name, version, starts } = facts;
  if (!sameName(name, spec.name)) throw other(`it belongs to "${safeText(name, 80)}", not to "${spec.name}"`);
  if (starts !== ENTRY_POINT) throw other(`it starts ${safeText(starts, 80)}, not ${ENTRY_POINT}`);
  if (spec.version !== undefined && spec.version !== version)
    throw other(`it is version ${safeText(version, 40)}, and PACKAGE_SPEC says ${spec.version}`);
  say(`Package: ${name} ${version} is installed, ${shortPath(probe.command, system.home)}`);
  return { kind: 'found', command: probe.command, facts };
}

/** A pin is the answer; without one the person is, since anybody may have the name at an index. */
async function agreed(
  talk: Talk,
  spec: PackageSpec,
  facts: WheelFacts,
  method: InstallMethod,
  wheels: string | undefined,
): Promise<boolean> {
  for (const line of packageLines(facts, wheels)) talk.say(line);
  if (isPinned(spec)) {
    talk.say('  It is what PACKAGE_SPEC names.');
    return true;
  }
  const pin = `${facts.name}==${facts.version} --hash=sha256:${facts.sha256}`;
  if (!canAsk(talk)) throw new AppError('PACKAGE_NOT_PINNED', { pin });
  talk.say(
    '  Nothing pins it: the name may belong to somebody else. Is it the one that the project told you of?',
  );
  return talk.confirm(`Install ${safeText(facts.name, 80)} ${safeText(facts.version, 40)} with ${method}?`);
}

function packageLines(facts: WheelFacts, wheels: string | undefined): string[] {
  const rows: [string, string][] = [
    ['Says', facts.summary],
    ['Author', facts.author],
    ['Page', facts.homePage],
    ['Licence', facts.licence],
    ['Python', facts.requiresPython],
    ['Needs', facts.requires.filter((one) => !/;.*\bextra\b/.test(one)).join(', ')],
    ['Commands', facts.commands.map(({ command, starts }) => `${command} (${starts})`).join(', ')],
    ['From', wheels ?? 'the index that pip uses'],
    ['File', `${facts.file}, ${bytesInWords(facts.size)}`],
    ['SHA-256', facts.sha256],
  ];
  const shown = rows.filter(([, value]) => value !== '');
  return [
    `Package: ${safeText(facts.name, 80)} ${safeText(facts.version, 40)}`,
    ...shown.map(([name, value]) => `  ${name.padEnd(8)}  ${safeText(value, 300)}`),
  ];
}
