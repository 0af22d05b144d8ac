import { join } from 'node:path';
import { expect, test } from 'vitest';
import { unitTimerFindings } from '../../../../src/agent/survey/timers/unit-timers.ts';
import { put } from '../../../fixtures/write-files.ts';
import { systemAt } from '../../../helpers/plan.ts';
import { useTempFolder } from '../../../helpers/temp.ts';

const folder = useTempFolder();

test('Timers whose service names the clone are named, by their own name or by the unit that they give', () => {
  const clone = join(folder(), 'agent-workflow');
  const units = join(folder(), '.config/systemd/user');
  const timer = '[Timer]\nOnCalendar=daily\n';
  put(units, 'aw.timer', timer);
  put(units, 'aw.service', `[Service]\nExecStart=python3 ${clone}/scripts/orchestrator.py\n`);
  put(units, 'nightly.timer', `${timer}Unit=work.service\n`);
  put(units, 'work.service', '[Service]\nWorkingDirectory=%h/agent-workflow\nExecStart=/bin/true\n');
  put(units, 'other.timer', timer);
  put(units, 'other.service', '[Service]\nExecStart=/bin/true\n');

  const found = unitTimerFindings(systemAt(folder()), clone);

  expect(found.map(({ file }) => file)).toEqual([join(units, 'aw.timer'), join(units, 'nightly.timer')]);
  expect(found[0]).toMatchObject({
    level: 'warning',
    fix: expect.stringContaining('systemctl --user stop aw.timer'),
  });
});
