/**
 * A chosen file as it travels: name, type, and content in base64.
 * @param {File} file
 * @returns {Promise<{ name: string, type: string, content: string }>}
 */
export async function readFile(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let text = '';
  for (let at = 0; at < bytes.length; at += 0x8000)
    text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return { name: file.name, type: file.type || 'application/octet-stream', content: btoa(text) };
}
