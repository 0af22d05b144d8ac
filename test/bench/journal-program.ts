import { main } from '../../src/agent/cli/main.ts';
import { Journal } from '../../src/agent/run/journal.ts';

/**
 * A command of the agent, in which the time is summed that goes by in adding records to journals, waiting for the disk
 * included. Its last line on stderr is that sum and the time since the process began, in ms.
 */
let milliseconds = 0;
const { add } = Journal.prototype;
Journal.prototype.add = function (this: Journal, record): void {
  const start = performance.now();
  try {
    add.call(this, record);
  } finally {
    milliseconds += performance.now() - start;
  }
};

void main(process.argv.slice(2)).then((exit) => {
  process.exitCode = exit;
  process.stderr.write(`\n${milliseconds} ${performance.now()}\n`);
});
