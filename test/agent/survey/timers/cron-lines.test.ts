import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { cronLines } from '../../../../src/agent/survey/timers/cron-lines.ts';
import { systemAt } from '../../../helpers/plan.ts';
import { useTempFolder } from '../../../helpers/temp.ts';

const folder = useTempFolder();

/** Numbers of the lines that start something in the clone; `@@` in the text is its path. */
function found(text: string): number[] {
  const clone = join(folder(), 'agent-workflow');
  const bytes = Buffer.from(text.replaceAll('@@', clone));
  return cronLines(systemAt(folder()), clone, bytes).map(({ line }) => line);
}

describe('Lines of a crontab', () => {
  test('that name the clone are found, spelled in any way', () => {
    expect(
      found(
        '# @@\n*/5 * * * * cd @@ && python3 scripts/orchestrator.py\n@daily ~/agent-workflow/run.sh\n0 5 * * * true\n0 5 * * * ls @@-old\n',
      ),
    ).toEqual([2, 3]);
  });

  test('that only a start of the computer starts are not', () => {
    expect(found('@reboot @@/run.sh\n')).toEqual([]);
  });

  test('that are led there by a variable above them are found', () => {
    expect(
      found('AW=@@\n* * * * * $AW/run.sh\n* * * * * $' + '{AW}/run.sh\n* * * * * $AWAY/run.sh\n'),
    ).toEqual([2, 3]);
    expect(found('* * * * * ./run.sh\nHOME=@@\n* * * * * ./run.sh\nHOME=/\n* * * * * ./run.sh\n')).toEqual([
      3,
    ]);
    expect(found('PATH=@@/venv/bin:/bin\n* * * * * aw start\n* * * * * true\n')).toEqual([2]);
  });

  test('of which nobody here knows when are found, too, and so is their zone', () => {
    const clone = join(folder(), 'agent-workflow');
    const text = `CRON_TZ="Asia/Tokyo"\n0~30 * * * * ${clone}/run.sh\n`;
    expect(cronLines(systemAt(folder()), clone, Buffer.from(text))).toEqual([
      { line: 2, schedule: undefined, zone: 'Asia/Tokyo' },
    ]);
  });
});
