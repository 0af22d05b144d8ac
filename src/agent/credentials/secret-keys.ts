/**
 * Which YAML keys hold a secret, judged by the last words of the key: in `bot_token` the token is the thing, in
 * `token_limit` it is not. Qualifiers that turn it into a number, a flag or a reference are the exceptions.
 */
const SECRET_LAST_WORD = new Set(
  `token password passwd passphrase secret secrets credential credentials apikey apikeys dsn webhook jwt pat`.split(
    ' ',
  ),
);

/** The last two words, joined. */
const SECRET_LAST_WORDS = new Set(
  `api_key api_keys app_key auth_key access_key secret_key secret_keys private_key private_keys signing_key
   encryption_key master_key ssh_key deploy_key account_key shared_key webhook_key hmac_key jwt_key provider_key
   service_key session_key client_key license_key anthropic_key claude_key openai_key github_key discord_key
   webhook_url password_hash connection_string auth_tokens access_tokens api_tokens bot_tokens refresh_tokens
   smtp_pass mail_pass email_pass db_pass database_pass redis_pass mysql_pass postgres_pass user_pass admin_pass
   db_pwd database_pwd user_pwd admin_pwd smtp_pwd db_pw database_pw user_pw admin_pw smtp_pw`.split(/\s+/),
);

/** `requires_api_key`, `total_secrets` and `test_secret…`: a flag or a count. */
const FLAG_FIRST_WORD = new Set(
  `require requires required use uses has have is are need needs enable enables enabled disable disabled allow allows
   show hide mask include exclude check validate verify rotate encrypt total num count number max min missing`.split(
    /\s+/,
  ),
);

/** Before `token` as a unit of text: `cost_per_token`, `stop_token`. */
const TEXT_UNIT = new Set(
  `per stop start end eos bos pad unk sep cls mask special first last next prev previous`.split(' '),
);

/** Which of several it is, as in `db_password_prod` and `api_key_2`: the words before them tell what it is. */
const WHICH =
  /^(prod|production|dev|development|staging|stage|test|testing|live|sandbox|local|old|new|backup|\d+)$/;

/** True for `token`, `bot_token`, `apiKey`, `db-password`, …; false for `max_tokens`, `credential_key`, `key_prefix`, … */
export function looksLikeSecretKey(keyName: string): boolean {
  const words = wordsOf(keyName);
  while (words.length > 1 && WHICH.test(words.at(-1)!)) words.pop();
  const last = words.at(-1)?.replace(/(?<=[a-z]{5})\d{1,2}$/, '');
  if (last === undefined || FLAG_FIRST_WORD.has(words[0]!)) return false;
  const before = words.at(-2);
  if (last === 'token' && before !== undefined && TEXT_UNIT.has(before)) return false;
  return SECRET_LAST_WORD.has(last) || (before !== undefined && SECRET_LAST_WORDS.has(`${before}_${last}`));
}

/** The words of a name in lower case: `apiKey`, `api-key` and `API_KEY` are all `api` and `key`. */
export function wordsOf(name: string): string[] {
  return name
    .slice(0, 200)
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
}
