import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

// Stripped and compiled modules are kept beside the packages, not in a folder that other users could write to.
enableCompileCache(join(import.meta.dirname, '..', 'node_modules', '.cache', 'playground'));

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

const { values } = parseArgs({
  options: { port: { type: 'string', default: '0' }, tour: { type: 'boolean', default: false } },
});
if (values.tour) {
  const { tour } = await import('./playground/tour/tour.ts');
  process.exit(await tour((line) => process.stdout.write(`${line}\n`)));
}
const { startPlayground } = await import('./playground/start-playground.ts');
const { addressLines } = await import('./playground/address-lines.ts');
const playground = await startPlayground({ port: Number(values.port), keepTraffic: false });
for (const signal of SIGNALS) process.once(signal, () => void stop());
for (const line of addressLines(playground)) process.stdout.write(`${line}\n`);

async function stop(): Promise<void> {
  for (const signal of SIGNALS) process.removeAllListeners(signal);
  // Whoever played with the trouble switches has left interactions unanswered: only a scenario asks about them.
  await playground.close({ allow: ['unanswered', 'unknown-route', 'invalid-response'] });
}
