import type { MetricsSummary } from '../../services/services.ts';
import type { Card } from '../../src/shared/card.ts';
import { durationInWords } from '../../src/shared/words.ts';
import { card, text } from './parts.ts';

/** The figures of the last seven days and of today, for everybody in the server. Names nobody. */
export function metricsCard(week: MetricsSummary, today: MetricsSummary): Card {
  return card(
    text('## Migrations', '**Last 7 days**', ...figures(week)),
    text('**Last 24 hours**', ...figures(today)),
    text(
      ...listed('Complexity', Object.entries(week.segments)),
      ...listed('Method', Object.entries(week.methods)),
    ),
    text(
      ...listed(
        'Failures by code',
        week.codes.slice(0, 5).map(({ code, count }) => [code, count] as const),
      ),
    ),
    text('-# Type `/assess` to begin, `/help` for the commands.'),
  );
}

function figures(summary: MetricsSummary): string[] {
  const { attempts, successes, failed, rolledBack, abandoned, postponed, medianMs } = summary;
  const ended = successes + failed;
  const rate = ended === 0 ? '' : ` (${Math.round((100 * successes) / ended)} % of ${ended} that ended)`;
  return [
    `Attempts: ${attempts}`,
    `Success: ${successes}${rate}`,
    `Failed: ${failed}`,
    `Rolled back: ${rolledBack}`,
    ...(abandoned > 0 ? [`Abandoned: ${abandoned}`] : []),
    ...(postponed > 0 ? [`Postponed: ${postponed}`] : []),
    `Median time of a success: ${medianMs === undefined ? 'none yet' : durationInWords(medianMs)}`,
  ];
}

function listed(title: string, rows: readonly (readonly [string, number])[]): string[] {
  if (rows.length === 0) return [];
  return [`${title}: ${rows.map(([name, count]) => `${name} ${count}`).join(', ')}`];
}
