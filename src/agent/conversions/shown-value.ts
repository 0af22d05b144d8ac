import { safeText } from '../../shared/safe-text.ts';
import type { YamlNode } from '../yaml/yaml-node.ts';

/** A plain setting's value for a sentence. Never called for a secret: those leave the settings before. */
export function shownValue(node: YamlNode): string {
  switch (node.kind) {
    case 'scalar':
      return node.type === 'text' ? `"${safeText(String(node.value), 60)}"` : safeText(node.source, 60);
    case 'list':
      return `a list of ${node.items.length}`;
    case 'map':
      return `a section of ${node.entries.length} keys`;
  }
}
