import { basename } from 'node:path';
import { looksLikeSecretKey } from '../credentials/secret-kinds.ts';
import { lineRulesOf, withoutCopyMark } from '../credentials/secret-lines.ts';

/** Files that programs keep passwords and tokens in. */
const WELL_KNOWN =
  /^(?:[._]netrc|\.npmrc|\.yarnrc\.yml|\.pypirc|\.pgpass|pgpass\.conf|\.my\.cnf|\.mylogin\.cnf|\.git-credentials|\.htpasswd|\.dockercfg|\.s3cfg|\.boto|\.vault-token|\.envrc|kubeconfig|application_default_credentials\.json|(?:client_secret|service[-_]?account)[\w.-]*\.json|id_(?:rsa|dsa|ecdsa|ed25519)(?:_sk)?)$/i;
const PRIVATE_KEYS = /\.(?:pem|key|p12|pfx|jks|keystore|ppk|kdbx?|age|gpg)$/i;
/** Env files for a shell, and copies of env files. */
const ENV =
  /(?:^|\.)env$|^\.env\.|^(?:\.?env|(?:prod|production|dev|staging|stage|test|local|live)[._-]env)\.(?:sh|bash|zsh|fish|ps1|bat|cmd)$/i;
const FOLDERS =
  /(?:^|\/)(?:\.?secrets?|\.?credentials|passwords|private[-_]keys|\.ssh|\.gnupg|\.aws|\.kube|\.docker)\//i;

/**
 * True for a file that is made for credentials, by its name: `.netrc`, `prod.env.bak`, `discord_token.txt`, `server.key`,
 * and anything in a folder `secrets`. Program code and documentation are judged by what they say instead.
 */
export function isCredentialName(path: string): boolean {
  const whole = basename(path);
  const name = withoutCopyMark(whole);
  if (/\.(?:example|sample|template|dist)$/i.test(name) || name.endsWith('.pub')) return false;
  if (WELL_KNOWN.test(name) || PRIVATE_KEYS.test(name) || ENV.test(name)) return true;
  if (lineRulesOf(name) === undefined || /\.(?:md|rst|adoc|html?|css|log|sh|bash|ps1)$/i.test(name))
    return false;
  const isNamedSo = [name, name.replace(/\.[a-z0-9]{1,10}$/i, '')].some(looksLikeSecretKey);
  return FOLDERS.test(path) || isNamedSo;
}
