import { lockFile } from '../../../services/hub/socket-lock.ts';

/** Holds a lock until it is killed. */
lockFile(process.argv[2] as string, process.getuid?.() ?? 0);
process.send?.('held');
setInterval(() => {}, 60_000);
