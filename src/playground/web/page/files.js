import { el } from './dom.js';

/**
 * A file of a message, to be opened in a tab of its own.
 * @param {{ name: string | null, size: number | null, url: string }} file
 * @returns {HTMLElement}
 */
export function fileView({ name, size, url }) {
  return el(
    'a',
    { class: 'file', href: url, target: '_blank', rel: 'noopener' },
    el('span', { class: 'file-name' }, name ?? 'A file'),
    el('span', { class: 'file-size' }, size === null ? '' : sizeWords(size)),
  );
}

/**
 * A picture. Those from elsewhere are not fetched: nothing leaves this computer.
 * @param {{ url: string, width?: number | null, height?: number | null }} media
 * @param {string | null | undefined} description
 */
export function pictureView({ url, width, height }, description) {
  if (!url.startsWith('/'))
    return el('p', { class: 'subtext' }, `A picture from ${URL.parse(url)?.host ?? 'elsewhere'}`);
  const alt = description ?? 'Picture without a description';
  return el('img', {
    src: url,
    alt,
    width: width ?? undefined,
    height: height ?? undefined,
    loading: 'lazy',
  });
}

/**
 * @param {any} attachment
 * @returns {HTMLElement}
 */
export function attachmentView({ filename, size, url, description, content_type: type, width, height }) {
  const isPicture = /^image\/(png|jpeg|gif|webp)$/.test(type ?? '');
  return isPicture
    ? pictureView({ url, width, height }, description ?? filename)
    : fileView({ name: filename, size, url });
}

/** @param {number} bytes */
export function sizeWords(bytes) {
  if (bytes < 1000) return `${bytes} bytes`;
  return bytes < 1_000_000 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
