import { expect, test } from 'vitest';
import { looksLikeSecretKey } from '../../../src/agent/credentials/secret-kinds.ts';

test.each(
  `token bot_token discord_token github_token auth_token session_token api_key apikey apiKey API_KEY x-api-key claude_api_key
   api_keys secret client_secret jwt_secret two_factor_secret webhook_secret secrets password db_password smtp_password
   redisPassword postgres_replication_password password_hash passwd passphrase webhook_url monitoring_webhook_url
   discord_webhook notification_webhook private_key ssh_private_key secret_key access_key credentials db_credentials
   credential_encryption_key sentry_dsn smtp_pass vault_dev_root_token access_tokens ai_provider_key db_password_prod
   api_key_staging token_2 password2 db_pw`.split(/\s+/),
)('"%s" holds a secret', (name) => {
  expect(looksLikeSecretKey(name)).toBe(true);
});

test.each(
  `credential_key max_tokens claude_max_tokens token_limit token_budget token_budget_total tokens tokens_per_minute
   credentials_encrypted secret_management_provider public_key key_prefix total_tokens target_tokens token_usage
   requires_api_key credential_encryption_enabled webhook_type webhook_url_encrypted secret_type secret_id secret_name
   password_reset password_file total_secrets secrets_by_type token_count cost_per_token stop_token private key keys
   primary_key cache_key hot_key include_private api_endpoint credentials_secure discord_token_missing use_token
   has_password tests_pass working_pwd prod test_live oauth2`.split(/\s+/),
)('"%s" does not', (name) => {
  expect(looksLikeSecretKey(name)).toBe(false);
});

test('an empty or strange key holds none', () => {
  for (const name of ['', '___', '🔑', 'é', '123']) expect(looksLikeSecretKey(name)).toBe(false);
});
