import { readYaml } from '../yaml/read-yaml.ts';
import { type Check, type CheckResult, type CheckWork, counted } from './check.ts';

const FILES = ['config.yaml', 'projects/registry.yaml'];

export const configSyntax = {
  name: 'config_syntax',
  about: 'config.yaml and projects/registry.yaml are YAML that the package can load.',
  check({ system, locate }: Pick<CheckWork, 'system' | 'locate'>): CheckResult {
    const problems = FILES.flatMap((rel) => {
      const read = readYaml(system.readFile(locate(rel)), { expectMap: true });
      return read.problems
        .filter(({ level }) => level === 'error')
        .map(({ message, line }) => `${rel}:${line}: ${message}`);
    });
    return counted('config_syntax', 'files', FILES.length - problems.length, FILES.length, problems[0]);
  },
} satisfies Check;
