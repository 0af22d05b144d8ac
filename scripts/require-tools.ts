import { spawnSync } from 'node:child_process';

/** Programs that the tests ask for their opinion, and the Debian packages that have them. */
const TOOLS: readonly { readonly command: readonly string[]; readonly packages: string }[] = [
  { command: ['git', '--version'], packages: 'git' },
  { command: ['age', '--version'], packages: 'age' },
  { command: ['zstd', '--version'], packages: 'zstd' },
  { command: ['sh', '-c', 'getfattr --version && setfattr --version'], packages: 'attr' },
  { command: ['setfacl', '--version'], packages: 'acl' },
  {
    command: ['/usr/bin/python3', '-c', 'import yaml, cryptography, dotenv'],
    packages: 'python3-yaml python3-cryptography python3-dotenv',
  },
  {
    command: ['/usr/bin/python3', '-c', 'import ensurepip, pip'],
    packages: 'python3-venv python3-pip',
  },
  { command: ['pipx', '--version'], packages: 'pipx' },
  { command: ['openssl', 'version'], packages: 'openssl' },
  { command: ['nginx', '-v'], packages: 'nginx-light' },
  {
    command: [
      'sh',
      '-c',
      'test -x "$CHROMIUM" || command -v chromium || command -v chromium-browser || command -v google-chrome',
    ],
    packages: 'chromium',
  },
];

const missing = TOOLS.filter(({ command }) => spawnSync(command[0] as string, command.slice(1)).status !== 0);
if (missing.length > 0) {
  process.stderr.write(
    `The tests compare with programs that are not installed here. On Debian: apt-get install ${missing.map(({ packages }) => packages).join(' ')}\n`,
  );
  process.exitCode = 1;
}
