import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FileSearch } from '../../../src/agent/survey/secret-search.ts';
import { Secret } from '../../../src/shared/secret.ts';
import { makeClone, surveyOf, systemAt } from '../../helpers/plan.ts';
import { useTempFolder } from '../../helpers/temp.ts';

const temp = useTempFolder();
const PIECE = 1 << 20;
const search = () => new FileSearch([new Secret('A_TOKEN', 'hunter2-hunter2'), new Secret('SHORT', '8080')]);

describe('a search for secrets in files', () => {
  it.each([
    ['at the start', 0, 100],
    ['at the end', 85, 100],
    ['across the border of two pieces', PIECE - 7, PIECE + 100],
    ['far behind', 3 * PIECE + 1, 3 * PIECE + 100],
  ])('finds a known value %s', (_, at, size) => {
    const bytes = Buffer.alloc(size, 'x');
    bytes.write('hunter2-hunter2', at);

    expect(inFile(bytes)).toBe(true);
    expect(search().bytes(bytes)).toBe(true);
  });

  it.each([
    ['at the start', 0],
    ['across the border of two pieces', PIECE - 20],
    ['in a later piece', 3 * PIECE + 1],
  ])('finds the shape of a token %s', (_, at) => {
    const bytes = Buffer.alloc(at + 100, '.');
    bytes.write(' ghp_0123456789abcdefghijABCDEFGHIJ012345 ', at);

    expect(inFile(bytes)).toBe(true);
  });

  it('finds a line that states a secret, but not in program code', () => {
    const bytes = Buffer.from('x\npassword: correct-1horse\n');

    expect(inFile(bytes, 'notes.yml.bak')).toBe(true);
    expect(inFile(bytes, 'tool.py')).toBe(false);
    expect(inFile(Buffer.concat([bytes, Buffer.alloc(1)]), 'notes.yml.bak')).toBe(false);
  });

  it.each(['', 'hunter2-hunter', 'port 8080', '\0\xff'])('finds nothing in %j', (text) => {
    expect(inFile(Buffer.from(text, 'latin1'))).toBe(false);
  });

  it('can be used for one file after the other', () => {
    const one = search();
    writeFileSync(join(temp(), 'a'), 'hunter2-');
    writeFileSync(join(temp(), 'b'), 'hunter2');

    expect(one.file(systemAt(temp()), temp(), 'a')).toBe(false);
    expect(one.file(systemAt(temp()), temp(), 'b')).toBe(false);
  });

  it('marks own files that a migration would copy, and settings', () => {
    const clone = makeClone(join(temp(), 'clone'), {
      '.env': 'A_TOKEN=hunter2-hunter2\n',
      'notes.txt': 'hunter2-hunter2',
      'clean.txt': 'hello',
      'agent-a.yaml': 'key: ghp_0123456789abcdefghijABCDEFGHIJ012345\n',
      'logs/a.log': 'hunter2-hunter2',
      'config.yml': '# password: Old-pw-1\na: 1\n',
      'projects/a.yaml': 'webhook_url: abcd\n',
      '.orch-global/security/export.json': '{"note": "hunter2-hunter2"}',
      '.orch-global/security/users.json': '{"password": "a-hash-0f", "secret": "also one"}',
    });

    expect([...surveyOf(clone).filesWithSecrets].sort()).toEqual([
      '.orch-global/security/export.json',
      'agent-a.yaml',
      'config.yml',
      'notes.txt',
      'projects/a.yaml',
    ]);
  });
});

function inFile(bytes: Buffer, name = 'file'): boolean {
  writeFileSync(join(temp(), name), bytes);
  return search().file(systemAt(temp()), temp(), name);
}
