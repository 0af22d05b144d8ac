import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { INVENTED_TOKENS } from '../../../src/playground/sample/invented.ts';
import { UNQUOTED_GUILD } from '../../../src/playground/sample/settings.ts';
import { type Sample, writeSample } from '../../../src/playground/sample/write-sample.ts';
import { askAgent } from '../../helpers/agent.ts';
import { useTempFolder } from '../../helpers/temp.ts';

describe('the sample installation', () => {
  const folder = useTempFolder('file');
  let sample: Sample;
  beforeAll(async () => {
    sample = await writeSample(join(folder(), 'home'));
  });
  const read = (path: string) => readFileSync(join(sample.home, path), 'utf8');
  const head = (path: string) =>
    execFileSync('git', ['rev-parse', 'HEAD'], { cwd: join(sample.home, path), encoding: 'utf8' });

  it('is the same every time: files that may be compared and commits', async () => {
    const other = join(folder(), 'again', 'home');
    await writeSample(other);

    expect(readFileSync(join(other, 'agent-workflow/.env'), 'utf8')).toBe(read('agent-workflow/.env'));
    expect(readFileSync(join(other, 'work/orders-api/.orch-state/logs/agent.log'), 'utf8')).toBe(
      read('work/orders-api/.orch-state/logs/agent.log'),
    );
    const again = execFileSync('git', ['rev-parse', 'HEAD'], {
      cwd: join(other, 'agent-workflow'),
      encoding: 'utf8',
    });
    expect(again).toBe(head('agent-workflow'));
  });

  it('has an unquoted id beyond what numbers hold, comments, and secrets for the person alone', () => {
    expect(read('agent-workflow/discord-config.yaml')).toContain(`guild_id: ${UNQUOTED_GUILD}\n`);
    expect(String(Number(UNQUOTED_GUILD))).not.toBe(UNQUOTED_GUILD);
    expect(read('agent-workflow/orchestrator.yaml')).toContain('# blocking | partial');
    expect(read('agent-workflow/.env')).toContain(INVENTED_TOKENS.github);
    expect(statSync(join(sample.clone, '.env')).mode & 0o777).toBe(0o600);
  });

  it('is assessed as an installation of all three layouts for which the recommended way is the tour’s', () => {
    const { result } = askAgent(sample.home, ['migrate-assess', sample.clone]);

    expect(result).toMatchObject({
      installation_type: { layouts: ['documented', 'classic', 'multi-project'] },
      configuration_complexity: { segment: { name: 'novice' } },
      recommended_path: { path: 'automated', reasons: ['simple-setup'] },
    });
    expect(result['recommended_path']).not.toHaveProperty('automated_refused');
  });
});
