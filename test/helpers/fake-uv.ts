import { join } from 'node:path';
import { put } from '../fixtures/write-files.ts';

/**
 * A `uv` in place of the real one, which cannot be had from npm or Debian: of its documented command line what a tool is
 * installed with (`uv tool dir [--bin]`, `uv tool install --python PYTHON WHEEL`), with the variables for its folders, for
 * being offline and for where packages come from. It makes a real environment with the wheel in it and links its commands;
 * a command that is there already is an error, as in the real one.
 */
const REAL = `
"$4" -I -m venv "$env"
"$env/bin/python" -m pip install -q --no-index --find-links "\${UV_FIND_LINKS:?}" "$5"
printf '[tool]\\nrequirements = []\\n' > "$env/uv-receipt.toml"
`;

/** The same without Python, for hundreds of installations. */
const QUICK = `
mkdir -p "$env/bin" "$env/lib"
cp "$5" "$env/lib/"
for command in agent-orch aw; do printf '#!/bin/sh\\n' > "$env/bin/$command"; chmod 755 "$env/bin/$command"; done
`;

/** Writes it into the folder `bin`, which has to be on PATH. */
export function putFakeUv(bin: string, kind: 'real' | 'quick'): string {
  const script = `#!/bin/sh
set -e
tools="\${UV_TOOL_DIR:-$HOME/.local/share/uv/tools}"
bin="\${UV_TOOL_BIN_DIR:-$HOME/.local/bin}"
case "$*" in
  "tool dir --bin") echo "$bin"; exit ;;
  "tool dir") echo "$tools"; exit ;;
  "tool install --python "*) ;;
  *) echo "error: unrecognized subcommand '$*'" >&2; exit 2 ;;
esac
test "$UV_OFFLINE" = 1 || { echo "error: this uv is offline" >&2; exit 2; }
env="$tools/agent-workflow"
for command in agent-orch aw; do
  test ! -e "$bin/$command" || { echo "error: Executable already exists: $command" >&2; exit 2; }
done
${kind === 'real' ? REAL : QUICK}
mkdir -p "$bin"
for command in agent-orch aw; do ln -s "$env/bin/$command" "$bin/$command"; done
echo "Installed 2 executables: agent-orch, aw"
`;
  put(bin, 'uv', script, 0o755);
  return join(bin, 'uv');
}
