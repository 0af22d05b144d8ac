import type { ReadSystem, System } from '../system.ts';
import type { Unit } from './program.ts';

/** What `systemctl` needs to reach this user's own services. */
const VARIABLES = ['PATH', 'HOME', 'XDG_RUNTIME_DIR', 'DBUS_SESSION_BUS_ADDRESS'] as const;

const ASK_MS = 5_000;

/** Starts or stops a service; before a start systemd reads its file again. Undefined, or in words what was refused. */
export function askSystemd(
  system: System,
  { name, scope }: Unit,
  verb: 'start' | 'stop',
  timeoutMs: number,
): string | undefined {
  const user = scope === 'user' ? ['--user'] : [];
  if (verb === 'start') systemctl(system, [...user, 'daemon-reload'], timeoutMs);
  const { status, stderr, notFound } = systemctl(system, [...user, verb, '--', name], timeoutMs);
  if (status === 0) return undefined;
  const said = notFound ? 'there is no systemctl' : stderr.toString('utf8').trim().split('\n')[0];
  return `systemctl ${[...user, verb, name].join(' ')}: ${said || `ended with ${status}`}`;
}

/** Pid of the process that a service is about, 0 for none; undefined where systemd does not tell. */
export function mainProcess(system: System, { name, scope }: Unit): number | undefined {
  const user = scope === 'user' ? ['--user'] : [];
  const { stdout } = systemctl(system, [...user, 'show', '--property=MainPID', '--', name], ASK_MS);
  const pid = /^MainPID=(\d+)$/m.exec(stdout.toString('utf8'))?.[1];
  return pid === undefined ? undefined : Number(pid);
}

/** What `systemctl --user` prints, in UTF-8; undefined where it fails, or there is none. */
export function readUserSystemd(system: ReadSystem, args: readonly string[]): string | undefined {
  const { status, stdout } = systemctl(system, ['--user', ...args], ASK_MS);
  return status === 0 ? stdout.toString('utf8') : undefined;
}

function systemctl(system: ReadSystem, args: readonly string[], timeoutMs: number) {
  const env = Object.fromEntries(
    VARIABLES.map((name) => [name, system.env[name] ?? '']).filter(([, value]) => value),
  );
  return system.run('systemctl', ['--no-ask-password', ...args], { env, timeoutMs: timeoutMs + 5_000 });
}
