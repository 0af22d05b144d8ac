/** The computer's terminal. F6 leaves it for the next part of the page; everything else goes to the shell. */
import { FitAddon } from '/vendor/addon-fit.mjs';
import { Terminal } from '/vendor/xterm.mjs';
import { byId } from './dom.js';
import { tell } from './live.js';

const DARK = {
  background: '#16181a',
  foreground: '#dcdad5',
  cursor: '#7fd1bd',
  cursorAccent: '#16181a',
  selectionBackground: '#3d4a48',
  black: '#16181a',
  red: '#ef8a80',
  green: '#8fd0a0',
  yellow: '#e3c27a',
  blue: '#8db7e8',
  magenta: '#cfa3dd',
  cyan: '#7fd1bd',
  white: '#dcdad5',
  brightBlack: '#8a8d8f',
  brightGreen: '#8fd0a0',
  scrollbarSliderBackground: '#ffffff1f',
  scrollbarSliderHoverBackground: '#ffffff40',
  scrollbarSliderActiveBackground: '#ffffff60',
};

/** @type {any} */
let terminal;
let text = '';

/** Puts the terminal on the page. Called once. */
export function setUpTerminal() {
  letStylesPass();
  terminal = new Terminal({
    fontFamily: 'ui-monospace, "SF Mono", "Cascadia Mono", Menlo, "DejaVu Sans Mono", monospace',
    fontSize: 12,
    lineHeight: 1.25,
    cursorBlink: false,
    screenReaderMode: true,
    theme: DARK,
  });
  const fit = new FitAddon();
  terminal.loadAddon(fit);
  const frame = byId('terminal-screen');
  terminal.open(frame);
  terminal.attachCustomKeyEventHandler((/** @type {KeyboardEvent} */ { key }) => key !== 'F6');
  terminal.onData((/** @type {string} */ keys) => tell({ ask: 'type', keys }));
  terminal.onResize((/** @type {{ cols: number, rows: number }} */ size) => tell({ ask: 'resize', ...size }));
  new ResizeObserver(() => {
    // A hidden terminal has no size to fit.
    if (frame.clientWidth > 0) fit.fit();
  }).observe(frame);
}

/**
 * Begins anew with what was written so far.
 * @param {string} written
 */
export function resetTerminal(written) {
  terminal.reset();
  text = '';
  writeTerminal(written);
  tell({ ask: 'resize', cols: terminal.cols, rows: terminal.rows });
}

/** @param {string} data */
export function writeTerminal(data) {
  text = (text + data).slice(-100_000);
  terminal.write(data);
}

/** True when the terminal has shown these words. @param {string} words */
export function terminalShowed(words) {
  return text.includes(words);
}

/** Types a line for the person. @param {string} line */
export function typeLine(line) {
  tell({ ask: 'type', keys: `${line}\r` });
  terminal.focus();
}

/** The terminal makes style sheets of its own; the page's policy lets only those pass that carry its number. */
function letStylesPass() {
  const nonce = /** @type {HTMLElement} */ (document.querySelector('link[nonce]')).nonce ?? '';
  const create = document.createElement.bind(document);
  document.createElement = (/** @type {string} */ tag, options) => {
    const element = create(tag, options);
    if (tag === 'style') element.nonce = nonce;
    return element;
  };
}
