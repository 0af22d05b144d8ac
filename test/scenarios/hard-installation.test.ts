import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Finding } from '../../src/agent/survey/finding.ts';
import { buildHardInstallation, type HardInstallation } from '../fixtures/hard-installation.ts';
import { askAgent, runAgent } from '../helpers/agent.ts';
import { canariesIn, findCanaries } from '../helpers/canaries.ts';
import { describeTree, treeDigest } from '../helpers/digest.ts';
import { useTempFolder } from '../helpers/temp.ts';

interface Decisions {
  readonly decisions: readonly {
    readonly id: string;
    readonly file?: string;
    readonly line?: number;
    readonly options: readonly { id: string }[];
  }[];
}

describe('an installation with open decisions, broken and hostile YAML', () => {
  const folder = useTempFolder('file');
  let hard: HardInstallation;
  let before: string[];

  beforeAll(() => {
    hard = buildHardInstallation(folder());
    before = describeTree(hard.home);
  });

  it('is assessed with exit 0, each trouble named with its file and line, and nothing obeyed', () => {
    const answer = askAgent<{ findings: Finding[] }>(hard.home, ['migrate-assess', hard.clone]);
    expect(answer).toMatchObject({ ok: true, exit: 0 });
    for (const { file, problem } of hard.hostile) {
      const found = answer.result.findings.filter(
        (finding) => finding.file === file && finding.code.startsWith('yaml-'),
      );
      expect(
        found.map(({ line }) => line),
        `${file}: ${problem}`,
      ).toEqual([expect.any(Number)]);
    }
    expect(existsSync(hard.marker)).toBe(false);
  });

  it('stops automated mode with exit 3 and nothing written, asking each of the five questions', () => {
    const answer = askAgent<Decisions>(hard.home, ['migrate-from-git', hard.clone, '--automated', '--yes']);
    expect(answer).toMatchObject({ ok: false, exit: 3, error: { name: 'DECISIONS_OPEN' } });
    for (const expected of hard.decisions) {
      const asked = answer.result.decisions.filter(({ file }) => file === expected.file);
      expect(asked.length, `${expected.kind} of ${expected.file}`).toBeGreaterThan(0);
      if (expected.line !== undefined && expected.kind !== 'unreadable-settings') {
        expect(asked.map(({ line }) => line)).toContain(expected.line);
      }
    }
    expect(describeTree(hard.home)).toEqual(before);
  });

  it('prints decision ids and options that work as answers, and then migrates the rest', () => {
    const asked = askAgent<Decisions>(hard.home, ['migrate-from-git', hard.clone, '--automated', '--yes']);
    const answers = asked.result.decisions.map(
      ({ id, options }) => `${JSON.stringify(id)}: ${options[0]?.id}\n`,
    );
    const file = join(folder(), 'answers.yaml');
    writeFileSync(file, answers.join(''));
    const source = treeDigest(hard.clone);
    const run = runAgent(hard.home, [
      'migrate-from-git',
      hard.clone,
      '--automated',
      '--yes',
      '--answers',
      file,
    ]);
    expect(run).toMatchObject({ exit: 0, stderr: '' });
    expect(treeDigest(hard.clone)).toBe(source);
    expect(existsSync(hard.marker)).toBe(false);
    const places = [hard.target, join(hard.home, '.agent-workflow-backups'), join(hard.home, '.local')];
    expect(places.flatMap((place) => findCanaries(place, hard.canaries))).toEqual([]);
    expect(canariesIn(run.stdout, hard.canaries)).toEqual([]);
  });
});
