import { join } from 'node:path';
import { displayPath } from '../paths.ts';
import type { Check } from './check.ts';
import { counted } from './check.ts';

const PERMISSION_FILE = 'lib/agent_tool_config.py';

export const agentPermissions: Check = {
  name: 'agent_permissions',
  about:
    'Custom agents keep their modes; edits of the permission table, which the package does not read, are named.',
  check({ system, plan, locate }) {
    // Those that this run prepares: what lay in the new home before is the person's own, modes included.
    const agents = plan.draft.files.flatMap((file) =>
      file.kind === 'copy' && displayPath(file.to).startsWith('agents/') ? [file] : [],
    );
    const wrong = agents.filter(
      (file) => (system.lstat(locate(displayPath(file.to)))?.mode ?? 0) !== file.mode,
    );
    const result = counted(
      'agent_permissions',
      'custom agents',
      agents.length - wrong.length,
      agents.length,
      wrong[0] && `${wrong[0].item} lost its mode`,
    );
    const row = plan.content.ledger.find(({ kind, item }) => kind === 'file' && item === PERMISSION_FILE);
    if (result.status !== 'ok' || row === undefined) return result;
    const where = row.to === undefined ? 'it stays in the clone' : `kept as ${join(row.to)}`;
    return {
      ...result,
      status: 'warning',
      reason: `your edit of ${PERMISSION_FILE} is not in effect in the package; ${where}`,
    };
  },
};
