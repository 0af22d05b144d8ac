import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CloneNames, latin1 } from '../../../../src/agent/survey/references/clone-names.ts';
import { systemAt } from '../../../helpers/plan.ts';
import { useTempFolder } from '../../../helpers/temp.ts';

const home = useTempFolder();

/** What of the text names the clone. */
function named(text: string, folder = 'agent-workflow', bases: string[] = []): string[] {
  const clone = join(home(), folder);
  mkdirSync(clone, { recursive: true });
  const names = new CloneNames(systemAt(home()), clone);
  const bytes = latin1(text.replaceAll('@', clone));
  return names
    .mentions(bytes, bases)
    .map(({ start, end }) => Buffer.from(bytes.slice(start, end), 'latin1').toString('utf8'));
}

describe('the clone in a text', () => {
  it.each([
    ['~/agent-workflow', '~/agent-workflow'],
    ['cd $HOME/agent-workflow && x', '$HOME/agent-workflow'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: as it is written in a shell
    ['x="${HOME}/agent-workflow/lib"', '${HOME}/agent-workflow/lib'],
    ['source "$HOME"/agent-workflow/.env', '$HOME"/agent-workflow/.env'],
    ['ExecStart=%h/agent-workflow/run', '%h/agent-workflow/run'],
    ['- ~/agent-workflow:/app', '~/agent-workflow'],
    ['PATH=/usr/bin:~/agent-workflow/bin:/bin', '~/agent-workflow/bin'],
    ['"program": "$USER_HOME$/agent-workflow/a.py"', '$USER_HOME$/agent-workflow/a.py'],
    ['It is in ~/agent-workflow.', '~/agent-workflow'],
    ['(~/agent-workflow/README.md)', '~/agent-workflow/README.md'],
    ['~/agent-workflow/../agent-workflow/x', '~/agent-workflow/../agent-workflow/x'],
  ])('is found in %s', (text, path) => {
    expect(named(text)).toEqual([path]);
  });

  it('is found by its absolute path, alone and as an address', () => {
    const clone = join(home(), 'agent-workflow');
    expect(named('python3 @/lib/x.py')).toEqual([`${clone}/lib/x.py`]);
    expect(named('see file://@/README.md')).toEqual([`file://${clone}/README.md`]);
  });

  it.each([
    '~/agent-workflow-old',
    '~/agent-workflow.bak/x',
    '~/agent-workflow2',
    '/mnt/backup@',
    'https://github.com/someone/agent-workflow',
    '~root/agent-workflow',
    'pipx install agent-workflow',
  ])('is not found in %s', (text) => {
    expect(named(text, 'agent-workflow', [home()])).toEqual([]);
  });

  it('is found by a name with spaces, written in every way', () => {
    const folder = 'my work/agent workflow';
    expect(named('cd ~/my\\ work/agent\\ workflow && x', folder)).toEqual(['~/my\\ work/agent\\ workflow']);
    expect(named("cd '@/lib' && x", folder)).toEqual([join(home(), folder, 'lib')]);
    expect(named('my clone: @, since May', folder)).toEqual([join(home(), folder)]);
  });

  it('is found by a name that is not ASCII, at the offsets of its bytes', () => {
    expect(named('Ordner: ~/größe/agent-workflow/ä.py', 'größe/agent-workflow')).toEqual([
      '~/größe/agent-workflow/ä.py',
    ]);
  });

  it('is found through a link, whatever the link is called', () => {
    mkdirSync(join(home(), 'agent-workflow'));
    symlinkSync('agent-workflow', join(home(), 'aw'));
    mkdirSync(join(home(), 'elsewhere'));
    symlinkSync(join(home(), 'aw'), join(home(), 'elsewhere/current'));

    expect(named('~/aw/scripts/x.py and ~/elsewhere/current, not ~/elsewhere')).toEqual([
      '~/aw/scripts/x.py',
      '~/elsewhere/current',
    ]);
  });

  it('is found by relative paths where it is known what they start from', () => {
    const shop = join(home(), 'shop');
    expect(named('build: ../agent-workflow', 'agent-workflow', [shop])).toEqual(['../agent-workflow']);
    expect(named('cd agent-workflow && x', 'agent-workflow', [home()])).toEqual(['agent-workflow']);
    expect(named('logger -t agent-workflow', 'agent-workflow', [home()])).toEqual([]);
    expect(named('cd agent-workflow && x', 'agent-workflow', [])).toEqual([]);
  });

  it('gives places that are in order, apart from each other and in the text, whatever is in it', () => {
    const clone = join(home(), 'agent-workflow');
    mkdirSync(clone);
    const names = new CloneNames(systemAt(home()), clone);
    const piece = fc.oneof(
      fc.constantFrom('~/agent-workflow', clone, '$HOME/', '/', '"', "'", '\\', ' ', '\n', ':', '../', '%h/'),
      fc.string({ unit: 'binary-ascii', maxLength: 5 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const text = pieces.join('');
        let last = 0;
        for (const { start, end, path } of names.mentions(text, [home()])) {
          expect(start).toBeGreaterThanOrEqual(last);
          expect(end).toBeGreaterThan(start);
          expect(end).toBeLessThanOrEqual(text.length);
          expect(path.startsWith(clone)).toBe(true);
          last = end;
        }
      }),
    );
  });
});
