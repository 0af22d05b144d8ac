import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { agreeOnPackage } from '../../../src/agent/setup/agree-on-package.ts';
import { put } from '../../fixtures/write-files.ts';
import { systemAt } from '../../helpers/plan.ts';
import { useTempFolder } from '../../helpers/temp.ts';
import { makeWheel, type WheelOptions } from '../../helpers/wheel.ts';
import { talkAt } from './talk.ts';

describe('agreeing on the package', () => {
  const folder = useTempFolder();
  const wheels = () => join(folder(), 'wheels');
  const source = () => join(folder(), 'home/clone');
  const system = (path = '/usr/bin:/bin') => systemAt(join(folder(), 'home'), { PATH: path });
  const agree = (options: WheelOptions, given: { spec?: string; answer?: boolean }) => {
    const wheel = makeWheel(wheels(), options);
    const talk = talkAt(system(), given);
    const wish = { source: source(), wheels: wheels(), method: 'venv' } as const;
    return { wheel, talk, agreed: agreeOnPackage(talk, wish) };
  };

  it('asks nobody where name, version and hash are pinned and the file is that', async () => {
    const { pin, sha256, path } = makeWheel(wheels());
    const { agreed } = agree({}, { spec: pin });

    const got = await agreed;

    expect(got).toMatchObject({
      kind: 'install',
      agreed: { method: 'venv', facts: { version: '1.2.0', sha256 } },
    });
    if (got.kind !== 'install') return;
    expect(readFileSync(got.agreed.wheel)).toEqual(readFileSync(path));
    expect(got.agreed.wheel).toContain('migration-agent/packages/');
  });

  it('without a pin shows what the package says of itself and asks a person; --yes is no answer', async () => {
    const metadata = ['Author: Somebody Else', 'Requires-Dist: click'];
    const { talk, agreed } = agree({ metadata }, { answer: true });

    expect(await agreed).toMatchObject({ kind: 'install' });
    expect(talk.said.join('\n')).toMatch(
      /agent-workflow 1\.2\.0\n(.*\n)*.*Somebody Else\n(.*\n)*.*click\n(.*\n)*.*agent_workflow\.cli\.main:main.*\n(.*\n)*.*may belong to somebody else.*\nInstall/,
    );
    expect(await agree({}, { answer: false }).agreed).toEqual({ kind: 'declined' });
    const nobody = agree({}, {});
    await expect(nobody.agreed).rejects.toMatchObject({
      code: 'PACKAGE_NOT_PINNED',
      hint: expect.stringContaining(nobody.wheel.pin),
    });
  });

  it.each<[string, WheelOptions, string, RegExp]>([
    ['another entry point', { starts: 'other.tool:main' }, 'agent-workflow', /starts other\.tool:main/],
    ['another hash', {}, `agent-workflow==1.2.0 --hash=sha256:${'0'.repeat(64)}`, /SHA-256/],
  ])('refuses a file with %s, whoever says yes', async (_, options, spec, reason) => {
    const { agreed } = agree(options, { spec, answer: true });

    await expect(agreed).rejects.toMatchObject({
      code: 'PACKAGE_WRONG',
      message: expect.stringMatching(reason),
    });
    expect(existsSync(join(folder(), 'home/.local'))).toBe(false);
  });

  it('finds nothing of another name, of another version, or in a folder that is not there', async () => {
    const other = agree({ name: 'agent-flow' }, { answer: true });
    await expect(other.agreed).rejects.toMatchObject({ code: 'PACKAGE_NOT_FOUND' });
    const version = agree({}, { spec: 'agent-workflow==9.9', answer: true });
    await expect(version.agreed).rejects.toMatchObject({ code: 'PACKAGE_NOT_FOUND' });
    const wish = { source: source(), wheels: join(folder(), 'none'), method: 'venv' } as const;
    await expect(agreeOnPackage(talkAt(system(), { answer: true }), wish)).rejects.toMatchObject({
      code: 'PACKAGE_NOT_FOUND',
    });
    const offline = { source: source(), method: 'venv', offline: true } as const;
    await expect(agreeOnPackage(talkAt(system(), { answer: true }), offline)).rejects.toMatchObject({
      code: 'PACKAGE_NOT_FOUND',
      message: expect.stringContaining('--offline'),
    });
  });

  it('leaves a command alone of which nobody can tell whose it is, but not one of the clone', async () => {
    const { pin } = makeWheel(wheels());
    const bin = join(folder(), 'bin');
    put(bin, 'agent-orch', '#!/bin/sh\nexit 0\n', 0o755);
    const wish = { source: source(), wheels: wheels(), method: 'venv' } as const;
    const at = (path: string) => talkAt(system(`${path}:/usr/bin:/bin`), { spec: pin });
    await expect(agreeOnPackage(at(bin), wish)).rejects.toMatchObject({ code: 'PACKAGE_OTHER' });

    put(source(), 'venv/bin/agent-orch', '#!/bin/sh\nexit 0\n', 0o755);
    expect(await agreeOnPackage(at(join(source(), 'venv/bin')), wish)).toMatchObject({ kind: 'install' });
  });
});
