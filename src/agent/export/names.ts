import { kindOfSecret } from '../credentials/secret-kinds.ts';
import { keyItem } from '../plan/ledger.ts';
import type { FoundSecret } from '../survey/secrets.ts';
import type { Survey } from '../survey/survey.ts';
import { markName, markOf } from './secret-mark.ts';

export const NAMES_SCHEMA = 'awm/export-secrets/1';

/** A secret as an export names it. Its value is in the sealed file, or in the installation alone. */
export interface NamedSecret {
  /** In a mark: `<secret NAME.NUMBER>`. */
  readonly number: number;
  readonly name: string;
  /** Its place in the installation, as in the ledger. */
  readonly item: string;
  readonly provider: string;
  readonly from: FoundSecret['from'];
  readonly file: string;
  readonly line: number | null;
  /** In YAML: its value is no text but a number or the like, and is written so again. */
  readonly plain?: true;
}

/** The secrets of an installation with the numbers that their marks have. Placeholders are none. */
export class SecretNames {
  readonly named: readonly NamedSecret[];
  readonly #marks: ReadonlyMap<string, string>;

  constructor(survey: Pick<Survey, 'secrets' | 'settings'>) {
    const real = realSecrets(survey);
    const plain = plainItems(survey);
    this.named = real.map(({ item, variable, value, from, file, line }, index) => ({
      number: index + 1,
      name: markName(variable),
      item,
      provider: kindOfSecret(variable, value).provider,
      from,
      file,
      line: line ?? null,
      ...(plain.has(item) ? { plain: true as const } : {}),
    }));
    this.#marks = new Map(this.named.map(({ item, name, number }) => [item, markOf(name, number)]));
  }

  /** Undefined for an item that is no secret. */
  markFor(item: string): string | undefined {
    return this.#marks.get(item);
  }
}

/** Each item once, in the survey's order. */
export function realSecrets({ secrets }: Pick<Survey, 'secrets'>): FoundSecret[] {
  const byItem = new Map(secrets.filter(({ placeholder }) => !placeholder).map((one) => [one.item, one]));
  return [...byItem.values()];
}

function plainItems({ settings }: Pick<Survey, 'settings'>): Set<string> {
  const leaves = settings.flatMap(({ rel, leaves: all }) => all.map((leaf) => ({ rel, ...leaf })));
  return new Set(
    leaves
      .filter(({ node }) => node.kind === 'scalar' && node.type !== 'text')
      .map(({ rel, path }) => keyItem(rel, path)),
  );
}
