import { bytesInWords, counted } from '../../../shared/words.ts';
import { shortPath } from '../../paths.ts';
import type { Assessment } from '../../plan/assessment.ts';
import { facts } from './table.ts';

/** What the installation is, and how it lies on this computer. */
export function installationLines(assessment: Assessment, source: string, home: string): string[] {
  const { installation_type: type, version, configuration_complexity: complexity } = assessment;
  const { customizations: custom } = assessment;
  const compatible = { yes: 'compatible', probably: 'probably compatible', unknown: 'compatibility unknown' };
  return [
    'Installation Details',
    ...facts([
      ['Folder', `${shortPath(source, home)}${type.foreign_owner ? ', of another user' : ''}`],
      ['Method', type.method],
      ['Layouts', type.layouts.join(', ')],
      ['Version', `${version.version ?? 'unknown'} (${compatible[version.compatible]})`],
      ['Installed', installed(type.installed)],
      ['Usage level', usage(type.usage)],
      ['User', `${complexity.segment.name}: ${complexity.segment.because.join(', ')}`],
      ['Complexity', `${complexity.level}: ${complexity.because.join(', ') || 'nothing of your own'}`],
      ['Own commits', String(custom.own_commits)],
      ['Running now', type.running === undefined ? 'no orchestrator' : `process ${type.running.pid}`],
      ...commandRows(type.commands, home),
      ...type.python_environments.map((one) => ['Python', environment(one, home)] as const),
    ]),
    '',
  ];
}

/** How much there is, by what it is. */
export function volumeRows({ data_volume: data }: Assessment): (readonly [string, string])[] {
  const categories = Object.entries(data.by_category).map(
    ([name, { files, bytes }]) => `${name} ${bytesInWords(bytes)} in ${counted(files, 'file')}`,
  );
  return [
    ['State data', `${bytesInWords(data.state_bytes)} in ${counted(data.state_files, 'file')}`],
    ['In the clone', categories.join(', ') || 'nothing of your own'],
  ];
}

function installed(date: Assessment['installation_type']['installed']): string {
  if (date === undefined) return 'unknown';
  return `${date.at.slice(0, 10)} (${date.from === 'clone' ? 'when it was cloned' : 'its oldest file of yours'})`;
}

function usage({
  level,
  last_used: last,
  active_projects: active,
}: Assessment['installation_type']['usage']) {
  if (last === undefined) return 'none: no project has state';
  return `${level}: last used ${last.slice(0, 10)}, ${counted(active, 'project')} within 30 days`;
}

function commandRows(commands: Assessment['installation_type']['commands'], home: string) {
  const whose = { clone: 'of the clone', package: 'of the package', unknown: 'of neither' };
  const groups = Map.groupBy(commands, ({ command, starts, of }) => `${command} ${starts} ${of}`);
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const { command, starts, of, file, line } = first;
    const place = file === undefined ? '' : `, by ${shortPath(file, home)}:${line}`;
    const shells = group.map(({ shell }) => shell).join(', ');
    return [[command, `${shortPath(starts, home)} (${whose[of]}) in ${shells}${place}`] as const];
  });
}

function environment(
  one: Assessment['installation_type']['python_environments'][number],
  home: string,
): string {
  const parts = [
    `${one.kind} ${shortPath(one.path, home)}`,
    ...(one.python === undefined ? [] : [`Python ${one.python}`]),
    ...(one.editable_from === undefined ? [] : [`runs ${shortPath(one.editable_from, home)}`]),
    ...(one.version === undefined ? [] : [`agent-workflow ${one.version}`]),
    ...(one.in_clone ? ['in the clone'] : []),
  ];
  return parts.join(', ');
}
