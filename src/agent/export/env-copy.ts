import type { EnvFile, EnvVariable } from '../survey/env-files.ts';
import { variableItem } from '../survey/env-files.ts';
import type { NamedSecret, SecretNames } from './names.ts';
import { markOf } from './secret-mark.ts';

const HEAD = '# Values of secrets are not in this file: each mark names one of names.json.';

/** An env file written anew: settings with their values, secrets as marks. Its comments are not copied. */
export function envCopy(file: EnvFile, names: SecretNames): Buffer {
  const inOrder = [...file.variables].sort((a, b) => a.line - b.line);
  return text(inOrder.flatMap((variable) => line(file, variable, names)));
}

/** Secrets that stand in no env file of the clone, as one. Of two with the same name only the first can be set. */
export function namesAsEnv(secrets: readonly NamedSecret[]): Buffer {
  const taken = new Set<string>();
  return text(
    secrets.flatMap(({ name, number, item }) => {
      const base = /^[A-Za-z_]/.test(name) ? name : `SECRET_${name}`;
      const variable = taken.has(base) ? `${base}_${number}` : base;
      taken.add(variable);
      return [`# ${JSON.stringify(item)}`, `${variable.replaceAll('-', '_')}='${markOf(name, number)}'`];
    }),
  );
}

function line(file: EnvFile, variable: EnvVariable, names: SecretNames): string[] {
  const { name, what, value } = variable;
  switch (what) {
    case 'secret': {
      const mark = names.markFor(variableItem(file, variable));
      return mark === undefined ? [] : [`${name}='${mark}'`];
    }
    case 'setting':
      return [`${name}='${singleQuoted(value.reveal().toString('utf8'))}'`];
    case 'empty':
      return [`${name}=`];
    default:
      return [];
  }
}

/** For between single quotes: python-dotenv takes two escapes in single quotes, and replaces `${NAME:-text}` also there. */
export function singleQuoted(value: string): string {
  const escaped = value.replaceAll('\\', '\\\\').replaceAll("'", "\\'");
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a dollar sign that is one, as an env file says it
  return escaped.replaceAll('${', '${NO_NAME:-$}{');
}

function text(lines: readonly string[]): Buffer {
  return Buffer.from(`${[HEAD, ...lines].join('\n')}\n`);
}
