import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { detectKind } from '../../../src/agent/survey/frameworks.ts';
import { put } from '../../fixtures/write-files.ts';
import { ForbiddingSystem } from '../../helpers/machines.ts';
import { systemAt } from '../../helpers/plan.ts';
import { useTempFolder } from '../../helpers/temp.ts';

const temp = useTempFolder();

describe('the kind of a project', () => {
  it.each([
    [{ 'requirements.txt': 'Flask==3.0\n' }, 'web', 'python'],
    [{ 'requirements.txt': 'flask==3.0\n' }, 'web', 'python'],
    [{ 'pyproject.toml': 'dependencies = ["django>=5"]\n' }, 'web', 'python'],
    [{ 'requirements.txt': 'fastapi\nflask\n' }, 'api', 'python'],
    [{ 'requirements.txt': 'torch\nfastapi\n' }, 'ml', 'python'],
    [{ 'requirements.txt': 'torchlike\n' }, 'general', 'python'],
    [{ 'package.json': '{"dependencies": {"react": "18"}}' }, 'web', 'javascript'],
    [{ 'package.json': '{"dependencies": {"react-native": "1"}}' }, 'mobile', 'javascript'],
    [{ 'package.json': '{"dependencies": {"@nestjs/core": "1"}}' }, 'api', 'javascript'],
    [
      { 'package.json': '{"dependencies": {"electron": "1"}}', 'tsconfig.json': '{}' },
      'desktop',
      'typescript',
    ],
    [{ 'Cargo.toml': 'axum = "0.7"\n' }, 'api', 'rust'],
    [{ 'go.mod': 'require github.com/gin-gonic/gin v1\n' }, 'api', 'go'],
    [{ 'ios/x.txt': '', 'package.json': '{}' }, 'mobile', 'javascript'],
    [{ 'README.md': 'flask and react' }, 'general', undefined],
    [{ 'package.json': Buffer.of(0xff, 0xfe, 0x00) }, 'general', 'javascript'],
  ])('with %j is %s in %s', (files, framework, language) => {
    for (const [path, content] of Object.entries(files)) put(temp(), path, content as string);

    expect(detectKind(systemAt(temp()), temp())).toEqual({ framework, language });
  });

  it('is told without reading a manifest of more than a mebibyte, or one that is a folder', () => {
    put(temp(), 'requirements.txt', `flask\n${' '.repeat(1 << 20)}`);
    mkdirSync(join(temp(), 'package.json'));

    expect(detectKind(systemAt(temp()), temp())).toEqual({ framework: 'general', language: 'python' });
  });

  it('is told as far as its files may be read', () => {
    put(temp(), 'requirements.txt', 'flask\n');
    const system = new ForbiddingSystem({ HOME: temp() }, (path) => path.endsWith('requirements.txt'));

    expect(detectKind(system, temp())).toEqual({ framework: 'general', language: 'python' });
  });
});
