/** Whether the place that the package would come from answers; anything that it says shows that it can be reached. */
export type IndexAnswer =
  | { readonly state: 'offline' }
  | { readonly state: 'answers' | 'silent'; readonly host: string };

const LIMIT_MS = 3_000;
const USUAL = 'https://pypi.org/simple/';

/** Asks the index that pip uses once. Only its host is told: an address may hold a password. */
export async function askIndex(
  env: Readonly<Record<string, string | undefined>>,
  offline: boolean,
): Promise<IndexAnswer> {
  if (offline) return { state: 'offline' };
  const named = env['PIP_INDEX_URL'] || USUAL;
  if (!URL.canParse(named)) return { state: 'silent', host: 'the index of PIP_INDEX_URL' };
  const url = new URL(named);
  url.username = '';
  url.password = '';
  try {
    const signal = AbortSignal.timeout(LIMIT_MS);
    const answer = await fetch(url, { method: 'HEAD', redirect: 'manual', signal });
    await answer.body?.cancel();
    return { state: 'answers', host: url.host };
  } catch {
    return { state: 'silent', host: url.host };
  }
}
