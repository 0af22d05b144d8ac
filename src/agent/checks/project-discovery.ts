import { isSamePlace } from '../survey/reachable.ts';
import { nodeAt } from '../yaml/leaves.ts';
import { readYaml } from '../yaml/read-yaml.ts';
import type { Check } from './check.ts';
import { counted } from './check.ts';

export const projectDiscovery: Check = {
  name: 'project_discovery',
  about: 'Each legacy project is in the registry with the folder that it had.',
  check({ system, plan, locate }) {
    const root = readYaml(system.readFile(locate('projects/registry.yaml'))).root;
    const wrong = plan.survey.projects.filter((project, index) => {
      const drafted = plan.draft.projects[index];
      if (drafted?.leftOut === true) return false;
      const name = drafted?.name ?? project.key;
      const path = root && nodeAt(root, ['projects', name, 'path']);
      if (path?.kind !== 'scalar') return true;
      return project.path !== undefined && !isSamePlace(system, String(path.value), project.path);
    });
    const gone = plan.survey.projects.filter((project) => !project.exists);
    const of = plan.survey.projects.length;
    const result = counted(
      'project_discovery',
      'projects',
      of - wrong.length,
      of,
      `${wrong[0]?.key} is not registered`,
    );
    if (result.status !== 'ok' || gone.length === 0) return result;
    const reason = `the folder of ${gone.map(({ key }) => key).join(', ')} is not there`;
    return { ...result, status: 'warning', reason };
  },
};
