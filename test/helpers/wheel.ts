import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { python } from './python.ts';

export interface WheelOptions {
  readonly name?: string;
  readonly version?: string;
  /** What its commands start. */
  readonly starts?: string;
  /** Whether its code opens the store of secrets, which makes what it is given usable. */
  readonly readsStore?: boolean;
  /** Lines of METADATA after the summary. */
  readonly metadata?: readonly string[];
}

export interface Wheel {
  readonly path: string;
  readonly sha256: string;
  /** As `PACKAGE_SPEC` names it. */
  readonly pin: string;
}

const MAIN = `import os, sys

HELP = """Usage: agent-orch [OPTIONS] COMMAND

Commands:
  configure  Settings.
  health     Look at everything.
  projects   Projects.
  start      Start.
  status     Show.
"""

def home():
    return os.environ.get("AGENT_WORKFLOW_CONFIG_DIR") or os.path.expanduser("~/.agent-workflow")

def main():
    words = sys.argv[1:]
    if words[:1] == ["--help"]:
        print(HELP)
    elif words[:2] == ["projects", "list"]:
        print(open(os.path.join(home(), "projects", "registry.yaml")).read())
    else:
        print("fine", *words)
`;
const STORE = '\ndef store():\n    return open(os.path.join(home(), "credentials.enc")).read()\n';

const WRITE = `
import json, sys, zipfile
given = json.load(sys.stdin)
with zipfile.ZipFile(given["path"], "w", zipfile.ZIP_DEFLATED) as wheel:
    for path, text in given["files"].items():
        wheel.writestr(zipfile.ZipInfo(path, (2025, 1, 1, 0, 0, 0)), text)
`;

/** Writes a small wheel of the package into `folder`: the real form, with our own few lines of code. */
export function makeWheel(folder: string, options: WheelOptions = {}): Wheel {
  const { name = 'agent-workflow', version = '1.2.0', starts = 'agent_workflow.cli.main:main' } = options;
  const stem = `${name.replaceAll('-', '_')}-${version}`;
  const info = `${stem}.dist-info`;
  const files: Record<string, string> = {
    'agent_workflow/__init__.py': `__version__ = "${version}"\n`,
    'agent_workflow/cli/__init__.py': '',
    'agent_workflow/cli/main.py': options.readsStore === false ? MAIN : MAIN + STORE,
    [`${info}/METADATA`]: [
      'Metadata-Version: 2.1',
      `Name: ${name}`,
      `Version: ${version}`,
      'Summary: A package of a test',
      ...(options.metadata ?? []),
      '',
    ].join('\n'),
    [`${info}/WHEEL`]: 'Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
    [`${info}/entry_points.txt`]: `[console_scripts]\nagent-orch = ${starts}\naw = ${starts}\n`,
  };
  const record = [...Object.keys(files), `${info}/RECORD`].map((path) => `${path},,\n`).join('');
  const path = join(folder, `${stem}-py3-none-any.whl`);
  mkdirSync(folder, { recursive: true });
  python(WRITE, { path, files: { ...files, [`${info}/RECORD`]: record } });
  const sha256 = createHash('sha256').update(readFileSync(path)).digest('hex');
  return { path, sha256, pin: `${name}==${version} --hash=sha256:${sha256}` };
}
