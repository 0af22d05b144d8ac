import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Conversion } from '../../../src/agent/conversions/conversion.ts';
import { CONVERSIONS } from '../../../src/agent/conversions/index.ts';
import { inventoryItems } from '../../../src/agent/plan/inventory-items.ts';
import { quoted } from '../../../src/agent/yaml/build.ts';
import { buildMixedInstallation } from '../../fixtures/mixed-installation.ts';
import { describeTree } from '../../helpers/digest.ts';
import { makeClone, planOf, systemAt } from '../../helpers/plan.ts';
import { useTempFolder } from '../../helpers/temp.ts';

const temp = useTempFolder();

describe('a plan', () => {
  it('of the same installation at the same time has the same bytes, and nothing on the disk changes', () => {
    const built = buildMixedInstallation(join(temp(), 'root'), { stateMegabytes: 1, target: 'existing' });
    const options = { target: built.target, system: systemAt(built.home) };
    const before = describeTree(temp());

    const plans = [planOf(built.clone, options), planOf(built.clone, options)];

    expect(plans[0]?.bytes.toString()).toBe(plans[1]?.bytes.toString());
    expect(plans[0]?.digest).toBe(plans[1]?.digest);
    expect(plans[0]?.rendered).toEqual(plans[1]?.rendered);
    expect(describeTree(temp())).toEqual(before);
  });

  it('accounts for each key, file, secret and project of the mixed installation exactly once', () => {
    const built = buildMixedInstallation(join(temp(), 'root'), { stateMegabytes: 1 });
    const plan = planOf(built.clone, { target: built.target, system: systemAt(built.home) });
    const { ledger, counts } = plan.content;

    const items = inventoryItems(plan.survey);

    expect(ledger.map(({ kind, item }) => `${kind} ${item}`).sort()).toEqual(
      items.map(({ kind, item }) => `${kind} ${item}`).sort(),
    );
    expect(counts.project.total).toBe(built.projects.length);
    expect(counts.secret.total + counts.key.total + counts.file.total + counts.project.total).toBe(
      ledger.length,
    );
  });

  it('holds no secret, in none of what it shows and writes in clear', () => {
    const built = buildMixedInstallation(join(temp(), 'root'), { stateMegabytes: 1, target: 'existing' });
    const plan = planOf(built.clone, { target: built.target, system: systemAt(built.home) });

    const shown = [
      plan.bytes.toString(),
      plan.rendered.config,
      plan.rendered.registry,
      JSON.stringify(plan.survey.findings),
      ...plan.draft.files.map((file) => (file.kind === 'patch' ? file.data.toString('latin1') : '')),
    ].join('\n');

    expect(built.canaries.filter(({ needle }) => shown.includes(needle))).toEqual([]);
  });

  it('is not made when an item has no fate, and names the first', () => {
    const clone = makeClone(join(temp(), 'clone'), { 'orchestrator.yaml': 'tdd: {enabled: true}\n' });
    const conversions = CONVERSIONS.filter(({ id }) => id !== 'keep-the-rest');

    expect(() => planOf(clone, { conversions })).toThrow(
      expect.objectContaining({
        code: 'LEDGER_INCOMPLETE',
        params: { count: 1, item: 'key orchestrator.yaml#tdd.enabled' },
      }),
    );
  });

  it('is not made when a conversion puts a secret where it would be shown', () => {
    const clone = makeClone(join(temp(), 'clone'), { '.env': 'JWT_SECRET=q7Zk2Lw9Xv4Tb8RnGh51\n' });
    const leak: Conversion = {
      id: 'leak',
      version: 1,
      about: 'Shows what it must not.',
      inverse: { none: 'it is of this test' },
      convert: ({ draft, survey }) => {
        for (const { value } of survey.secrets) draft.set(['legacy', 'note'], quoted(String(value.reveal())));
      },
    };

    expect(() => planOf(clone, { conversions: [leak, ...CONVERSIONS] })).toThrow(
      expect.objectContaining({ code: 'SECRET_EXPOSED', params: { name: 'JWT_SECRET' } }),
    );
  });

  it('names its rules, its time and its actions in order', () => {
    const clone = makeClone(join(temp(), 'clone'), {
      '.env': 'GITHUB_TOKEN=abcdefghijkl\n',
      'agent-a.yaml': 'x: 1\n',
      'projects/api.yaml': 'path: /srv/api\n',
    });

    const { content } = planOf(clone);

    expect(content.rules).toEqual(CONVERSIONS.map(({ id, version }) => ({ id, version })));
    expect(content).toMatchObject({
      created: '2025-06-01T12:00:00.000Z',
      expires: '2025-06-01T13:00:00.000Z',
      source: clone,
    });
    expect(content.actions.map(({ phase, action, what }) => `${phase} ${action} ${what}`)).toEqual([
      'convert write config.yaml',
      'convert copy agents/agent-a.yaml',
      'credentials store github_token',
      'register register api',
    ]);
  });
});

it('every conversion has a name of its own and says in one sentence what it does', () => {
  expect(new Set(CONVERSIONS.map(({ id }) => id)).size).toBe(CONVERSIONS.length);
  for (const { about } of CONVERSIONS) expect(about).toMatch(/^[A-Z].*\.$/);
});
