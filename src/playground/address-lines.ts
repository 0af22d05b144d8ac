import { hostname } from 'node:os';

export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
}

/**
 * What is printed at the start: the address, and where no browser can be shown (a Linux without a display), how to reach it
 * from another computer.
 */
export function addressLines(
  { url, port }: { readonly url: string; readonly port: number },
  { env, platform }: Surroundings = { env: process.env, platform: process.platform },
): string[] {
  if (platform !== 'linux' || env['DISPLAY'] || env['WAYLAND_DISPLAY']) return [url];
  const [, , server = hostname(), sshPort] = (env['SSH_CONNECTION'] ?? '').split(' ');
  const user = env['USER'] === undefined ? '' : `${env['USER']}@`;
  const other = sshPort === undefined || sshPort === '22' ? '' : `-p ${sshPort} `;
  return [url, `From another computer, first: ssh ${other}-L ${port}:127.0.0.1:${port} ${user}${server}`];
}
