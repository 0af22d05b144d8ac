/**
 * True for the `hostname` of a URL that never leaves this machine. Addresses, not names: a name can be made to lead
 * elsewhere.
 */
export function isLoopback(host: string): boolean {
  return /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host) || host === '[::1]';
}
