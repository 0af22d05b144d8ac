import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fernetToken } from '../fixtures/fernet-token.ts';
import { put } from '../fixtures/write-files.ts';
import { askAgent, runAgent } from '../helpers/agent.ts';
import { findCanaries } from '../helpers/canaries.ts';
import { makeClone } from '../helpers/plan.ts';
import { python } from '../helpers/python.ts';
import { useTempFolder } from '../helpers/temp.ts';
import { typeToAgent } from '../helpers/typed-agent.ts';

const temp = useTempFolder();
const PASSWORD = 'Kühe-mögen-Gras-77';
const WRONG = 'Schafe-mögen-Heu-78';
const SECRET = 'vpn-secret-of-1987-ü';
const ASK = 'Master password';

/** The legacy rule: the password's bytes, filled with spaces to 32, are the key. */
function keyOf(password: string): string {
  const bytes = Buffer.alloc(32, ' ');
  Buffer.from(password).copy(bytes);
  return bytes.toString('base64').replaceAll('+', '-').replaceAll('/', '_');
}

describe('an installation whose encrypted store was made with a master password', () => {
  it('asks for it at the terminal, tells a wrong one, and moves the secrets; the password is kept nowhere', async () => {
    const { home, clone } = installation();

    const run = await typeToAgent(
      home,
      ['migrate-from-git', clone, '--automated'],
      [
        [ASK, WRONG],
        [ASK, PASSWORD],
        ['[y/N]', 'y'],
      ],
    );

    expect(run.screen).toContain('That master password does not open the store.');
    expect(run.exit, run.screen).toBe(0);
    expect(storedIn(home)).toEqual({ vpn_password: SECRET });
    expect(run.screen).not.toContain(PASSWORD);
    expect(run.screen).not.toContain(WRONG);
    const canaries = [PASSWORD, WRONG, SECRET].map((needle) => ({
      name: needle,
      value: needle,
      needle,
      where: '',
    }));
    const places = readdirSync(home).filter((name) => name !== 'clone');
    expect(places.flatMap((name) => findCanaries(join(home, name), canaries))).toEqual([]);
  });

  it('gives up after three wrong ones, and has changed nothing', async () => {
    const { home, clone } = installation();

    const run = await typeToAgent(
      home,
      ['migrate-from-git', clone, '--automated'],
      [
        [ASK, WRONG],
        [ASK, WRONG],
        [ASK, WRONG],
      ],
    );

    expect(run.exit).toBe(1);
    expect(run.screen).toContain('AWM-1711');
    expect(readdirSync(home)).toEqual(['clone']);
  });

  it('stays an open decision with Enter alone, with --yes, and where there is no terminal', async () => {
    const { home, clone } = installation();

    const typed = await typeToAgent(home, ['migrate-from-git', clone, '--automated'], [[ASK, '']]);
    const yes = await typeToAgent(home, ['migrate-from-git', clone, '--automated', '--yes'], []);
    const piped = runAgent(home, ['migrate-from-git', clone, '--automated']);

    for (const run of [typed, yes, piped]) expect(run.exit).toBe(3);
    expect(typed.screen).toContain('store:.orch-global/security');
    expect(yes.screen).not.toContain(ASK);
    expect(piped.stdout).not.toContain(ASK);
  });

  it('asks nothing where the question is answered', async () => {
    const { home, clone } = installation();
    put(home, 'answers.yml', 'store:.orch-global/security: leave\n');

    const run = await typeToAgent(
      home,
      ['migrate-from-git', clone, '--dry-run', '--answers', 'answers.yml'],
      [],
    );

    expect([run.exit, run.screen.includes(ASK)]).toEqual([0, false]);
  });

  it('is told as such where its master.key was never filled in', () => {
    const { home, clone } = installation({ '.orch-global/security/master.key': 'your_master_key_here\n' });

    const { result } = askAgent<{ findings: { code: string; message: string }[] }>(home, [
      'migrate-assess',
      clone,
    ]);

    const found = result.findings.find(({ code }) => code === 'store-locked');
    expect(found?.message).toContain('nobody filled it in');
  });
});

function installation(files: Record<string, string> = {}): { home: string; clone: string } {
  const home = join(temp(), 'home');
  const store = { s1: { name: 'vpn password', encrypted_value: fernetToken(keyOf(PASSWORD), SECRET) } };
  const clone = makeClone(join(home, 'clone'), {
    '.orch-global/security/secrets.json': JSON.stringify(store),
    ...files,
  });
  return { home, clone };
}

function storedIn(home: string): unknown {
  const code =
    'import json,sys\nfrom cryptography.fernet import Fernet\nhome=json.load(sys.stdin)\nf=Fernet(open(home+"/credentials.key","rb").read())\nprint(json.dumps({k: f.decrypt(v["encrypted_value"].encode()).decode() for k,v in json.load(open(home+"/credentials.enc"))["credentials"].items()}))';
  expect(readFileSync(join(home, '.agent-workflow/credentials.enc'), 'utf8')).not.toContain(SECRET);
  return python(code, join(home, '.agent-workflow'));
}
