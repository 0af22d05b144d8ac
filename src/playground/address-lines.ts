/** What is printed at the start: the address, and how to reach it from afar where no browser can be here. */
export function addressLines(
  { url, port }: { readonly url: string; readonly port: number },
  env: Readonly<Record<string, string | undefined>>,
): string[] {
  const hasDisplay = Boolean(env['DISPLAY'] || env['WAYLAND_DISPLAY']);
  const [, , server, sshPort] = (env['SSH_CONNECTION'] ?? '').split(' ');
  if (hasDisplay || server === undefined) return [url];
  const user = env['USER'] === undefined ? '' : `${env['USER']}@`;
  const other = sshPort === undefined || sshPort === '22' ? '' : `-p ${sshPort} `;
  return [url, `On your own computer, first: ssh ${other}-L ${port}:127.0.0.1:${port} ${user}${server}`];
}
