import type { RealSystem } from '../../src/agent/real-system.ts';
import type { System } from '../../src/agent/system.ts';
import { withOverrides } from './faulty-system.ts';

/** The same machine with the texts of some files replaced, such as those of /proc. */
export function withFiles(base: RealSystem, texts: Readonly<Record<string, string>>): System {
  return withOverrides(base, {
    readFile: (path, maxBytes) => {
      const text = texts[String(path)];
      return text === undefined ? base.readFile(path, maxBytes) : Buffer.from(text);
    },
  });
}
