/** The parts of the page: beside each other where there is room, one at a time on a phone. F6 goes to the next one. */
import { byId } from './dom.js';

const PANES = /** @type {const} */ (['channels', 'chat', 'computer']);
/** What gets the focus in each. */
const FIRST = /** @type {const} */ ({
  channels: '[aria-current="page"]',
  chat: '#message-box, [data-send]',
  computer: '.xterm-helper-textarea',
});

/** @param {typeof PANES[number]} pane */
export function showPane(pane) {
  document.body.dataset['pane'] = pane;
  for (const tab of document.querySelectorAll('.tabs button')) {
    tab.setAttribute('aria-pressed', String(/** @type {HTMLElement} */ (tab).dataset['shows'] === pane));
  }
}

/** Called once. */
export function setUpPanes() {
  for (const tab of document.querySelectorAll('.tabs button')) {
    tab.addEventListener('click', () => showPane(/** @type {any} */ (tab).dataset.shows));
  }
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'F6' || byId('modal').open) return;
    event.preventDefault();
    const at = PANES.findIndex((pane) => byId(pane).contains(document.activeElement));
    const step = event.shiftKey ? PANES.length - 1 : 1;
    const pane = PANES[(Math.max(at, 0) + step) % PANES.length] ?? 'chat';
    showPane(pane);
    byId(pane).querySelector(FIRST[pane])?.focus();
  });
  showPane('chat');
}
