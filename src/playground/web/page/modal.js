/** The form that the bot opens, as a dialog. It is sent with its button and left with Escape or Cancel. */
import { toast } from './announce.js';
import { byId, el } from './dom.js';
import { ask, tell } from './live.js';
import { markdownView } from './markdown-view.js';
import { modalField } from './modal-fields.js';

let shownKey = '';

/**
 * Opens, keeps or closes the dialog.
 * @param {any} modal the open modal, or null
 * @param {any} screen
 * @param {import('./markdown-view.js').Names} names
 */
export function showModal(modal, screen, names) {
  const dialog = byId('modal');
  const key = modal === null ? '' : `${screen.user.id} ${JSON.stringify(modal)}`;
  if (key === shownKey) return;
  shownKey = key;
  if (dialog.open) dialog.close();
  if (modal === null) return;
  dialog.replaceChildren(formOf(modal, screen, names));
  dialog.showModal();
}

/** Makes the dialog tell when somebody leaves it. Called once. */
export function setUpModal() {
  byId('modal').addEventListener('cancel', (/** @type {Event} */ event) => {
    event.preventDefault();
    tell({ ask: 'cancel' });
  });
}

/**
 * @param {any} modal
 * @param {any} screen
 * @param {import('./markdown-view.js').Names} names
 */
function formOf(modal, screen, names) {
  const parts = modal.components.map((node) => partOf(node, screen, names));
  const fields = parts.flatMap((part) => part.fields);
  const send = async () => {
    const values = await Promise.all(fields.map(async (field) => [field.name, await field.read()]));
    const { refused } = await ask({
      ask: 'submit',
      values: Object.fromEntries(values.filter(([, value]) => value !== undefined)),
    });
    if (refused !== undefined) {
      problem.textContent = refused;
      problem.hidden = false;
    }
  };
  const problem = el('p', { class: 'problem', role: 'alert', hidden: true });
  return el(
    'form',
    {
      method: 'dialog',
      onsubmit: (/** @type {Event} */ event) => {
        event.preventDefault();
        void send().catch((error) => toast(String(error), 'refused'));
      },
    },
    el('h2', { id: 'modal-title' }, modal.title),
    el(
      'div',
      { class: 'modal-parts' },
      parts.map(({ view }) => view),
    ),
    problem,
    el(
      'div',
      { class: 'modal-end' },
      el(
        'button',
        { type: 'button', class: 'button secondary', onclick: () => tell({ ask: 'cancel' }) },
        'Cancel',
      ),
      el('button', { type: 'submit', class: 'button primary' }, 'Submit'),
    ),
  );
}

/**
 * @param {any} node
 * @param {any} screen
 * @param {import('./markdown-view.js').Names} names
 * @returns {{ view: HTMLElement, fields: import('./modal-fields.js').ModalField[] }}
 */
function partOf(node, screen, names) {
  if (node.type === 10)
    return { view: el('div', { class: 'text' }, markdownView(node.content, names)), fields: [] };
  const inner = node.type === 1 ? node.components[0] : node.component;
  const field = modalField(inner, node.label ?? inner.label ?? '', node.description, screen);
  return { view: field.view, fields: [field] };
}
