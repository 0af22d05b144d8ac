/**
 * Makes an element. Properties that are functions are listeners (`onclick`), true and false set or leave out an attribute,
 * undefined leaves it out. Children that are undefined or false are left out; text becomes text, never markup.
 * @param {string} tag
 * @param {Record<string, unknown>} [props]
 * @param {...(Node | string | undefined | false | null | (Node | string)[])} children
 * @returns {any} the element, of the tag's own kind
 */
export function el(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === false || value === null) continue;
    if (typeof value === 'function') element.addEventListener(name.slice(2), /** @type {any} */ (value));
    else element.setAttribute(name, value === true ? '' : String(value));
  }
  for (const child of children.flat()) if (child) element.append(child);
  return element;
}

/**
 * The element with this id.
 * @param {string} id
 * @returns {any}
 */
export function byId(id) {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`The page has no #${id}.`);
  return found;
}

let last = 0;

/** An id for labels and what they belong to. */
export function newId() {
  last += 1;
  return `n${last}`;
}
