/** The packages that the page loads from `/vendor/…`. */
export { FitAddon } from '@xterm/addon-fit';
export { Terminal } from '@xterm/xterm';
