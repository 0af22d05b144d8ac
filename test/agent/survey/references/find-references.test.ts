import { linkSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { FoundReference } from '../../../../src/agent/survey/references/reference.ts';
import { tokenShapes } from '../../../fixtures/canaries.ts';
import { put } from '../../../fixtures/write-files.ts';
import { withOverrides } from '../../../helpers/faulty-system.ts';
import {
  launchIn,
  makeReferenceHome,
  PROBE,
  quickReferencesIn,
  referencesIn,
} from '../../../helpers/reference-home.ts';
import { useTempFolder } from '../../../helpers/temp.ts';

const home = useTempFolder();
const START = '/opt/ma/bin/migration-agent exec -- /opt/aw/bin/agent-orch start';

function found(
  files: Record<string, string>,
  crontab?: string,
  launch = launchIn(home()),
): readonly FoundReference[] {
  return referencesIn(makeReferenceHome(home(), files, crontab), launch).references;
}

/** The only reference, with its new line. */
function only(references: readonly FoundReference[]) {
  expect(references).toHaveLength(1);
  const [one] = references as [FoundReference];
  const { kind, state, reason } = one;
  return {
    kind,
    state,
    ...(reason === undefined ? {} : { reason }),
    after: one.preview?.map(({ after }) => after),
  };
}

describe('a cron job', () => {
  it.each([
    ['@reboot cd ~/agent-workflow && python3 scripts/orchestrator.py', `@reboot ${START}`],
    ['0 6 * * 1-5 /usr/bin/python3 -u @@/scripts/orchestrator.py', `0 6 * * 1-5 ${START}`],
    [
      '5 4 * * * cd agent-workflow && . venv/bin/activate && nohup python scripts/multi_project_orchestrator.py --daemon --debug >/dev/null 2>&1 &',
      `5 4 * * * nohup ${START} --log-level DEBUG >/dev/null 2>&1 &`,
    ],
    [
      '@daily flock -n /tmp/aw.lock python3 @@/scripts/orchestrator.py',
      `@daily flock -n /tmp/aw.lock ${START}`,
    ],
    ['@daily cd @@; python3 lib/discord_bot.py | logger -t bot', `@daily ${START} --discord | logger -t bot`],
    ["@daily bash -lc 'cd ~/agent-workflow && ./venv/bin/agent-orch start'", `@daily bash -lc '${START}'`],
    ['@daily sleep 60 && cd @@ && python3 scripts/orchestrator.py', `@daily sleep 60 && ${START}`],
    ['@daily cd @@ && python3 -m agent_workflow.cli.main start --discord', `@daily ${START} --discord`],
  ])('that starts a known program is replaced: %s', (line, after) => {
    expect(only(found({}, `${line}\n`))).toEqual({ kind: 'cron', state: 'patch', after: [after] });
  });

  it('keeps its log, which moves to the logs of the new home', () => {
    const logs = join(home(), '.agent-workflow/logs');
    expect(
      only(found({}, '@reboot cd @@ && python3 scripts/orchestrator.py >> logs/cron.log 2>&1\n')).after,
    ).toEqual([`@reboot ${START} >> ${logs}/cron.log 2>&1`]);
  });

  it.each([
    [
      '@daily cd @@ && git pull && python3 scripts/orchestrator.py',
      'nobody here knows what it does with the clone',
    ],
    ['@daily cd @@ && python3 scripts/orchestrator.py --fast', 'its argument has no equal'],
    [
      '@daily cd @@ && python3 scripts/orchestrator.py && ./after.sh',
      'the commands behind it run in the folder of the clone, too',
    ],
    ['@daily cd @@ && python3 scripts/orchestrator.py > out.txt', 'its output goes to a file in the clone'],
    [
      '@daily cd @@ && python3 scripts/multi_project_orchestrator.py',
      'it opens a shell of its own, which the package does not have',
    ],
    ['@daily AW=@@ python3 @@/scripts/orchestrator.py', 'the line names the clone in another place, too'],
    ['@daily (cd @@ && python3 scripts/orchestrator.py)', 'it is more than a plain command'],
    ['@daily cd @@ && python3 scripts/orchestrator.py > /tmp/$(date).log', 'it is more than a plain command'],
    [
      '@daily cd @@ && python3 scripts/orchestrator.py %yes',
      'it gives the command an input, or has a percent sign',
    ],
    ['@daily tar czf /backup/aw.tgz @@', 'nobody here knows what it does with the clone'],
    ['@daily sudo python3 @@/scripts/orchestrator.py', 'nobody here knows what it does with the clone'],
    [
      '@daily echo "cd @@ && python3 scripts/orchestrator.py"',
      'nobody here knows what it does with the clone',
    ],
    ['PYTHONPATH=@@/lib', 'it is a variable for the lines below'],
  ])('whose meaning is not known needs the person: %s', (line, reason) => {
    expect(only(found({}, `${line}\n`))).toEqual({
      kind: 'cron',
      state: 'needs-you',
      reason,
      after: undefined,
    });
  });

  it('that is a comment is only listed', () => {
    expect(only(found({}, '# @reboot cd @@ && python3 scripts/orchestrator.py\n'))).toMatchObject({
      state: 'listed',
    });
  });

  it('is not replaced while the package is not there, or cannot do the same', () => {
    const line = '@daily cd @@ && python3 lib/discord_bot.py\n';
    expect(only(found({}, line, launchIn(home(), { installed: false })))).toMatchObject({
      state: 'needs-you',
      reason: 'the package is not installed here yet',
    });
    expect(only(found({}, line, launchIn(home(), { ...PROBE, runsDiscord: 'no' })))).toMatchObject({
      state: 'needs-you',
      reason: expect.stringContaining('does not run the Discord bot'),
    });
  });

  it('says where another home is, since cron has no variables', () => {
    const launch = { ...launchIn(home()), target: '/srv/aw', isDefaultTarget: false };
    const [one] = found({}, '@daily python3 @@/scripts/orchestrator.py\n', launch);
    expect(one?.preview?.[0]?.after).toBe(`@daily /usr/bin/env AGENT_WORKFLOW_CONFIG_DIR=/srv/aw ${START}`);
  });
});

describe('a start file of a shell', () => {
  it.each([
    ["alias awx='cd ~/agent-workflow && python3 scripts/orchestrator.py'", `alias awx='${START}'`],
    [
      'alias awx="$HOME/agent-workflow/venv/bin/aw status"',
      `alias awx="${START.replace('start', 'status')}"`,
    ],
    ['  python3 ~/agent-workflow/scripts/orchestrator.py &', `  ${START} &`],
  ])('is replaced where its line is a known command: %s', (line, after) => {
    expect(only(found({ '.bashrc': `# mine\n${line}\n` }))).toEqual({
      kind: 'shell',
      state: 'patch',
      after: [after],
    });
  });

  it.each([
    'cd ~/agent-workflow',
    "alias cdaw='cd ~/agent-workflow'",
    'export PYTHONPATH=~/agent-workflow/lib:$PYTHONPATH',
    'source ~/agent-workflow/.env',
    'aw() { cd ~/agent-workflow && python3 scripts/orchestrator.py; }',
    'cd ~/agent-workflow && python3 scripts/orchestrator.py \\',
    "echo 'cd ~/agent-workflow && python3 scripts/orchestrator.py'",
    'alias awx="cd ~/agent-workflow && python3 \\"scripts/orchestrator.py\\""',
  ])('needs the person elsewhere: %s', (line) => {
    expect(only(found({ '.zshrc': `${line}\n` }))).toMatchObject({ kind: 'shell', state: 'needs-you' });
  });

  it('is looked at in every usual place, also through the link of a dotfiles folder', () => {
    makeReferenceHome(home(), { 'dotfiles/bashrc': 'alias a="python3 @@/scripts/orchestrator.py"\n' });
    symlinkSync('dotfiles/bashrc', join(home(), '.bashrc'));
    const places = ['.profile', '.bash_aliases', '.config/fish/config.fish', '.zprofile', 'bin/run-aw'];
    const references = found(Object.fromEntries(places.map((path) => [path, 'cd ~/agent-workflow\n'])));

    expect(references.map(({ file }) => file).sort()).toEqual(
      [...places, '.bashrc'].map((path) => join(home(), path)).sort(),
    );
    const linked = references.find(({ file }) => file.endsWith('.bashrc'));
    expect(linked?.place?.edit).toEqual({ how: 'file', path: join(home(), 'dotfiles/bashrc') });
  });

  it('with several hard links is never edited', () => {
    makeReferenceHome(home(), { '.bashrc': 'python3 @@/scripts/orchestrator.py\n' });
    linkSync(join(home(), '.bashrc'), join(home(), 'other-name'));
    expect(only(found({}))).toMatchObject({
      state: 'needs-you',
      reason: expect.stringContaining('hard links'),
    });
  });
});

describe('a systemd unit', () => {
  const unit = (...lines: string[]) => ({
    '.config/systemd/user/aw.service': ['[Service]', ...lines, 'Restart=always', ''].join('\n'),
  });

  it('gets its command and its folder replaced together', () => {
    const references = found(
      unit('WorkingDirectory=%h/agent-workflow', 'ExecStart=-/usr/bin/python3 scripts/orchestrator.py'),
    );
    expect(only(references)).toEqual({
      kind: 'systemd',
      state: 'patch',
      after: ['WorkingDirectory=%h', `ExecStart=-${START}`],
    });
  });

  it('with a second command in the folder is left to the person', () => {
    const references = found(
      unit(
        'WorkingDirectory=@@',
        'ExecStartPre=/bin/sh ./prepare.sh',
        'ExecStart=/usr/bin/python3 scripts/orchestrator.py',
      ),
    );
    expect(references.map(({ line, state }) => [line, state])).toEqual([
      [2, 'needs-you'],
      [4, 'needs-you'],
    ]);
  });

  it('names the env file of the clone apart, with what to do', () => {
    const references = found(
      unit('EnvironmentFile=@@/.env', 'ExecStart=/usr/bin/python3 @@/scripts/orchestrator.py'),
    );
    expect(references.map(({ line, state }) => [line, state])).toEqual([
      [2, 'needs-you'],
      [3, 'patch'],
    ]);
    expect(references[0]?.suggestion).toContain('the secrets come from the store');
  });

  it('is found as a timer, as a drop-in and as a link into the clone', () => {
    const clone = makeReferenceHome(home(), { 'agent-workflow/deploy/x.service': '[Service]\n' }).clone;
    mkdirSync(join(home(), '.config/systemd/user'), { recursive: true });
    symlinkSync(join(clone, 'deploy/x.service'), join(home(), '.config/systemd/user/x.service'));
    const references = found({
      '.config/systemd/user/aw.path': '[Path]\nPathChanged=%h/agent-workflow/config.yml\n',
      '.config/systemd/user/aw.service.d/10-own.conf': '[Service]\nWorkingDirectory=@@\n',
    });
    expect(references.map(({ kind, state }) => [kind, state])).toEqual([
      ['systemd', 'needs-you'],
      ['systemd', 'needs-you'],
      ['link', 'needs-you'],
    ]);
    expect(references[2]?.text).toBe('a link to ~/agent-workflow/deploy/x.service');
  });
});

describe('files of projects and neighbours', () => {
  it('are found by kind; a task of an editor is replaced, the rest needs the person', () => {
    const references = found({
      'shop/docker-compose.yml': 'services:\n  aw:\n    build: ../agent-workflow\n',
      'shop/.github/workflows/x.yml': 'run: python3 @@/scripts/orchestrator.py\n',
      'shop/.vscode/tasks.json': '{"tasks": [{"command": "cd @@ && python3 scripts/orchestrator.py"}]}\n',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: as editors write it
      'shop/.vscode/launch.json': '{"program": "${workspaceFolder}/../agent-workflow/lib/x.py"}\n',
      'shop/.idea/runConfigurations/x.xml': '<option value="$PROJECT_DIR$/../agent-workflow/a.py" />\n',
      'shop/.git/HEAD': 'ref: refs/heads/main\n',
      'shop/.git/objects/.keep': '',
      'shop/.git/hooks/pre-commit': '#!/bin/sh\npython3 @@/tools/check.py\n',
      'shop/.git/hooks/pre-push.sample': 'python3 @@/tools/check.py\n',
      Dockerfile: 'COPY agent-workflow /app\n',
    });
    expect(references.map(({ kind, state }) => `${kind} ${state}`).sort()).toEqual([
      'ci needs-you',
      'docker needs-you',
      'docker needs-you',
      'editor needs-you',
      'editor needs-you',
      'editor patch',
      'git-hook needs-you',
    ]);
    const task = references.find(({ state }) => state === 'patch');
    expect(task?.preview?.[0]?.after).toBe(`{"tasks": [{"command": "${START}"}]}`);
  });

  it('of a registered project are found wherever it lies', () => {
    const references = found({
      'agent-workflow/config.yml': 'projects:\n  far:\n    path: ~/deep/down/far\n',
      'deep/down/far/Makefile': 'run:\n\tpython3 @@/scripts/orchestrator.py\n',
    });
    expect(only(references)).toMatchObject({ kind: 'script', state: 'needs-you' });
  });

  it('of the clone itself are none, and its copies in backups neither', () => {
    expect(
      found({ 'agent-workflow/.vscode/tasks.json': '"@@"\n', '.agent-workflow/projects/run.sh': '@@\n' }),
    ).toEqual([]);
  });
});

describe("the person's own notes", () => {
  it('are listed for them and never edited', () => {
    const references = found({
      'todo.md': 'Back up @@.\n',
      'Documents/work/setup.txt': 'cd ~/agent-workflow && python3 scripts/orchestrator.py\n',
    });
    expect(references.map(({ kind, state, edits }) => [kind, state, edits.length])).toEqual([
      ['note', 'listed', 0],
      ['note', 'listed', 0],
    ]);
  });
});

describe('what cannot be looked at', () => {
  it('is told with a command that looks there, and what can be read of the system is never edited', () => {
    const it = makeReferenceHome(home(), {});
    const real = it.system();
    const spool = '/var/spool/cron/crontabs';
    const folder = real.stat(home());
    const denied = () => {
      throw Object.assign(new Error('EACCES'), { code: 'EACCES', syscall: 'scandir' });
    };
    const system = withOverrides(real, {
      stat: (path) => (path === spool ? folder : real.stat(path)),
      readFolder: (path) => (path === spool ? denied() : real.readFolder(path)),
    });

    const { blindSpots } = quickReferencesIn({ ...it, system: () => system });

    expect(blindSpots).toContainEqual({
      what: "other users' crontabs",
      why: `${spool} cannot be listed`,
      run: `sudo grep -rnF ${it.clone} ${spool}`,
    });
  });

  it('are the units of the system where their folder cannot be listed', () => {
    const it = makeReferenceHome(home(), {});
    const real = it.system();
    const units = '/etc/systemd/system';
    const system = withOverrides(real, {
      stat: (path) => (path === units ? real.stat(home()) : real.stat(path)),
      readFolder: (path) => {
        if (path === units) throw Object.assign(new Error('EACCES'), { code: 'EACCES', syscall: 'scandir' });
        return real.readFolder(path);
      },
    });

    expect(quickReferencesIn({ ...it, system: () => system }).blindSpots).toContainEqual({
      what: units,
      why: 'permission denied',
      run: `sudo grep -rnF ${it.clone} ${units}`,
    });
  });

  it('is also a start file without permission, and containers where there is a program for them', () => {
    const it = makeReferenceHome(home(), { '.bashrc': 'cd @@\n' });
    put(home(), '.test-bin/podman', '#!/bin/sh\n', 0o755);
    const real = it.system();
    const rc = join(home(), '.bashrc');
    const system = withOverrides(real, {
      readFile: (path, most) => {
        if (path === rc) throw Object.assign(new Error('EACCES'), { code: 'EACCES', syscall: 'open' });
        return real.readFile(path, most);
      },
    });

    const { references, blindSpots } = quickReferencesIn({ ...it, system: () => system });

    expect(references).toEqual([]);
    expect(blindSpots.map(({ what, run }) => [what, run])).toEqual(
      expect.arrayContaining([
        [rc, `sudo grep -nF ${it.clone} ${rc}`],
        ['containers of podman', `podman ps --all --filter volume=${it.clone}`],
      ]),
    );
  });
});

describe('what is shown', () => {
  it('keeps a secret of the line to itself, and then gives no patch', () => {
    const token = tokenShapes.anthropic('reference');
    const [one] = found({ '.bashrc': `ANTHROPIC_API_KEY=${token} python3 @@/scripts/orchestrator.py\n` });

    expect(JSON.stringify({ ...one, place: undefined })).not.toContain(token);
    expect(one).toMatchObject({
      state: 'needs-you',
      reason: expect.stringContaining('a secret is in the line'),
    });
    expect(one?.text).toContain('agent-workflow/scripts/orchestrator.py');
  });

  it('knows the secrets of the clone, whatever stands before them', () => {
    const references = found({
      'agent-workflow/.env': 'SECRET_KEY=correct-horse-battery-9\n',
      '.bashrc': 'login correct-horse-battery-9 ~/agent-workflow\n',
    });
    expect(JSON.stringify(references.map((one) => ({ ...one, place: undefined })))).not.toContain('battery');
  });

  it('has an id that stays when the line moves, and one for each of equal lines', () => {
    const line = 'cd ~/agent-workflow\n';
    const before = found({ '.bashrc': line }).map(({ id }) => id);
    const after = found({ '.bashrc': `# more\n\n${line}${line}` }).map(({ id }) => id);

    expect(after[0]).toBe(before[0]);
    expect(new Set(after).size).toBe(2);
  });
});
