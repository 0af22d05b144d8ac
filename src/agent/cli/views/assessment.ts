import { safeText } from '../../../shared/safe-text.ts';
import { bytesInWords, counted } from '../../../shared/words.ts';
import { shortPath } from '../../paths.ts';
import type { Assessment, Surroundings } from '../../plan/assessment.ts';
import { countPlaceholders } from '../../plan/ledger.ts';
import type { PlanContent } from '../../plan/plan.ts';
import { placeOf } from '../../survey/finding.ts';
import { installationLines, volumeRows } from './installation.ts';
import { patchCounts } from './patches.ts';
import { decisionLines, sentence } from './plan.ts';
import { type OfferedWay, recommendationLines, wayLines } from './recommendation.ts';
import { referenceCounts } from './references.ts';
import { facts, shortList } from './table.ts';

export function assessmentLines(
  assessment: Assessment,
  content: PlanContent,
  around: Surroundings,
  home: string,
  ways: readonly OfferedWay[],
): string[] {
  const { customizations: custom } = assessment;
  const files = [...custom.changed_files.map((file) => `${file} (changed)`), ...custom.own_files];
  return [
    'Migration Assessment',
    '',
    ...installationLines(assessment, content.source, home),
    'Configuration Analysis',
    ...facts([
      ['Projects', `${assessment.projects.length} registered`],
      ['Settings', counted(content.counts.key.total, 'key')],
      ['Secrets', secretsInWords(content)],
      ['Integrations', assessment.integrations.join(', ') || 'none'],
      ['Custom agents', custom.custom_agents.join(', ') || 'none'],
      ['Own files', String(content.counts.file.total)],
      ...volumeRows(assessment),
    ]),
    '',
    'Projects',
    ...facts(
      assessment.projects.map((project) => [
        project.name,
        `${shortPath(project.path ?? 'no folder named', home)}, ${project.exists ? `${bytesInWords(project.state_bytes)} of state` : 'folder is gone'}`,
      ]),
    ),
    '',
    ...credentialLines(custom.credentials),
    'Local patches and references',
    ...facts([
      ['Local patches', patchCounts(around.patches)],
      ['References', referenceCounts(around.references.references)],
      ['More', 'migration-agent patches, migration-agent references'],
    ]),
    '',
    ...(files.length === 0 ? [] : ['Your own and changed files', ...shortList(files, files.length), '']),
    ...findingLines(assessment.findings, home),
    ...decisionLines(content.decisions.open),
    ...recommendationLines(assessment, content, home),
    ...wayLines(ways, content.source, home),
  ];
}

function secretsInWords({ counts, ledger }: PlanContent): string {
  const placeholders = countPlaceholders(ledger);
  const secrets = counted(counts.secret.total - placeholders, 'secret');
  return placeholders === 0 ? secrets : `${secrets}, and ${counted(placeholders, 'placeholder')}`;
}

/** Values are told apart by a hash that only tells whether two are the same. */
function credentialLines(credentials: Assessment['customizations']['credentials']): string[] {
  if (credentials.length === 0) return [];
  const lines = credentials.map(({ name, provider, type, length, fingerprint, places, same_as: same }) => {
    const kind = [...(provider === 'generic' ? [] : [provider]), type.replace('_', ' ')].join(' ');
    const twin = same.length === 0 ? '' : `, the same value as ${same.join(', ')}`;
    return [name, `${kind}, ${length} bytes, #${fingerprint}, in ${places.join(' and ')}${twin}`] as const;
  });
  return ['Credentials', ...facts(lines), ''];
}

function findingLines(findings: Assessment['findings'], home: string): string[] {
  if (findings.length === 0) return [];
  const lines = findings.map((finding) => {
    const place = shortPath(placeOf(finding), home);
    const fix = finding.fix === undefined ? '' : ` ${finding.fix}`;
    const message = sentence(finding.message);
    return `  ${finding.level.padEnd(8)}  ${place === '' ? '' : `${safeText(place)}: `}${safeText(message)}${safeText(fix)}`;
  });
  return ['Findings', ...lines, ''];
}
