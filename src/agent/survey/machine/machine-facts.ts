import type { ReadSystem } from '../../system.ts';
import type { Finding } from '../finding.ts';
import { unclearPrograms } from '../orchestrator.ts';
import type { PackageProbe } from '../package-probe.ts';
import type { BlindSpot } from '../references/reference.ts';
import type { Survey } from '../survey.ts';
import { type CommandOnPath, commandFindings, commandsOnPath } from './commands-on-path.ts';
import { type InstallDate, installDate } from './install-date.ts';
import { kindOfMachine, type MachineKind, otherSide } from './kind-of-machine.ts';
import { type OpenFile, openFiles } from './open-files.ts';
import { type OtherInstallation, otherInstallations } from './other-installations.ts';
import { type PythonEnvironment, pythonEnvironments } from './python-environments.ts';
import { type Usage, usageOf } from './usage.ts';

/** What an assessment says of the installation's surroundings on this computer. No plan depends on it. */
export interface MachineFacts {
  readonly kind: MachineKind;
  readonly installed: InstallDate | undefined;
  readonly usage: Usage;
  /** The clone belongs to another user of this computer. */
  readonly isForeign: boolean;
  readonly environments: readonly PythonEnvironment[];
  readonly commands: readonly CommandOnPath[];
  readonly others: readonly OtherInstallation[];
  readonly openFiles: readonly OpenFile[];
  readonly blindSpots: readonly BlindSpot[];
  readonly findings: readonly Finding[];
}

export function machineFacts(system: ReadSystem, survey: Survey, probe: PackageProbe): MachineFacts {
  const { source, target, git, inventory, states } = survey;
  const kind = kindOfMachine(system);
  const environments = pythonEnvironments(system, source, inventory);
  const editable = environments.filter((one) => one.package?.editableFrom !== undefined);
  const commands = commandsOnPath(
    system,
    source,
    editable.map(({ path }) => path),
    probe.installed ? probe.command : undefined,
  );
  const others = otherInstallations(system, source);
  const open = openFiles(system, [source, target.path, ...states.map(({ path }) => path)]);
  const isForeign = system.uid !== undefined && system.stat(source)?.uid !== system.uid;
  return {
    kind,
    installed: installDate(git, inventory),
    usage: usageOf(states, system.now()),
    isForeign,
    environments,
    commands,
    others: others.found,
    openFiles: open,
    blindSpots: [
      ...otherSide(kind, source),
      ...others.blindSpots,
      ...unclearPrograms(system, source, target.path),
    ],
    findings: [
      ...foreignFindings(isForeign, source),
      ...others.found.map(otherFinding),
      ...editable.map(editableFinding),
      ...commandFindings(commands),
      ...open.map(openFinding),
    ],
  };
}

function foreignFindings(isForeign: boolean, source: string): Finding[] {
  if (!isForeign) return [];
  return [
    {
      code: 'foreign-owner',
      level: 'warning',
      message:
        'The installation belongs to another user of this computer; their settings, jobs and secrets may count',
      file: source,
      fix: 'Run the agent as that user, or make sure that you may take it over.',
    },
  ];
}

function otherFinding({ path, isOwn }: OtherInstallation): Finding {
  return {
    code: 'other-installation',
    level: 'info',
    message: `There is another installation on this computer${isOwn ? '' : ', of another user'}`,
    file: path,
    fix: 'It is not part of this migration: assess it by its folder.',
  };
}

function editableFinding({ path, package: found }: PythonEnvironment): Finding {
  return {
    code: 'editable-install',
    level: 'info',
    message: `This Python environment runs agent-workflow from a folder (${found?.editableFrom}), not from a package`,
    file: path,
    fix: 'Install the package in an environment of its own; this one stops working when the folder goes.',
  };
}

function openFinding({ pid, program, path }: OpenFile): Finding {
  return {
    code: 'open-file',
    level: 'warning',
    message: `${program === '' ? 'A program' : program} (process ${pid}) is writing to this file`,
    file: path,
    fix: 'Close that program before the migration, so that the backup has the file whole.',
  };
}
