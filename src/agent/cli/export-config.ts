import { AppError } from '../../shared/errors.ts';
import { EXPORT_OPTIONS, exportAnswer } from './export-answer.ts';
import { TARGET } from './shared-options.ts';
import type { Verb } from './verb.ts';

export const exportConfig: Verb = {
  name: 'export-config',
  summary: 'write the old settings into a folder, to look at, edit and import',
  usage: 'DIR [--source SOURCE] [--with-secrets] [--target DIR]',
  options: {
    source: { type: 'string', value: 'SOURCE', about: 'the installation (default: the only one found)' },
    ...EXPORT_OPTIONS,
    target: TARGET,
  },
  arguments: 1,
  async run(call) {
    const [folder] = call.args;
    if (folder === undefined)
      throw new AppError('USAGE', { problem: 'the folder to export to is missing', verb: 'export-config' });
    const { source } = call.flags;
    return exportAnswer(call, folder, typeof source === 'string' ? source : undefined, 'export-config');
  },
};
