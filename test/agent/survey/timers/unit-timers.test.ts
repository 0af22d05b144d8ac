import { symlinkSync } from 'node:fs';
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

test('The unit of the first folder wins over one of the same name; drop-ins and links count', () => {
  const clone = join(folder(), 'agent-workflow');
  const first = join(folder(), '.config/systemd/user');
  const second = join(folder(), '.local/share/systemd/user');
  const timer = '[Timer]\nOnCalendar=daily\n';
  const starts = `[Service]\nExecStart=python3 ${clone}/scripts/orchestrator.py\n`;
  const harmless = '[Service]\nExecStart=/bin/true\n';
  put(first, 'shadowed.timer', timer);
  put(first, 'shadowed.service', harmless);
  put(second, 'shadowed.service', starts);
  put(first, 'redirected.timer', `${timer}Unit=harmless.service\n`);
  put(second, 'redirected.timer', `${timer}Unit=work.service\n`);
  put(first, 'harmless.service', harmless);
  put(second, 'work.service', starts);
  put(first, 'linked.timer', timer);
  put(join(folder(), 'dotfiles'), 'aw.service', starts);
  symlinkSync(join(folder(), 'dotfiles/aw.service'), join(first, 'linked.service'));
  put(first, 'masked.timer', timer);
  symlinkSync('/dev/null', join(first, 'masked.service'));
  put(second, 'masked.service', starts);
  put(second, 'dropped.timer', timer);
  put(second, 'dropped.service', harmless);
  put(join(first, 'dropped.service.d'), 'start.conf', starts);
  put(second, 'turned.timer', `${timer}Unit=harmless.service\n`);
  put(join(second, 'turned.timer.d'), '10-unit.conf', '[Timer]\nUnit=work.service\n');
  put(second, 'replaced.timer', timer);
  put(second, 'replaced.service', harmless);
  put(join(first, 'replaced.service.d'), 'start.conf', '# nothing any more\n');
  put(join(second, 'replaced.service.d'), 'start.conf', starts);

  const found = unitTimerFindings(systemAt(folder()), clone);

  expect(found.map(({ file }) => file).sort()).toEqual([
    join(first, 'linked.timer'),
    join(second, 'dropped.timer'),
    join(second, 'turned.timer'),
  ]);
});
