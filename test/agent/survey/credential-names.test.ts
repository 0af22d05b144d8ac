import { expect, it } from 'vitest';
import { isCredentialName } from '../../../src/agent/survey/credential-names.ts';

it.each(
  `.netrc _netrc .npmrc .pypirc .pgpass .git-credentials .envrc env.sh .env.ps1 prod-env.sh prod.env.bak .env~ a/.env.old
   id_rsa id_ed25519 deploy/server.key ca.pem store.p12 vault.kdbx discord_token.txt DB-Password.txt api_key token.json
   credentials.json service-account-prod.json client_secret_1.json secrets.yml secrets.yaml.bak secrets/db_password
   deploy/secrets/values.yaml .aws/config my.secret stripe.token config/jwt.yml.2024-01-31 api_key_prod.txt`.split(
    /\s+/,
  ),
)('%s is made for credentials', (path) => {
  expect(isCredentialName(path)).toBe(true);
});

it.each(
  `notes.md config.yml.bak id_rsa.pub tokens.css tokenizer.json secrets.py lib/secrets/store.ts docs/secrets.md keys.md
   token_count.txt .env.example prod.env.example secrets.example.yml README monkey.txt keyboard.json compass.yml
   passing.txt auth.log key_prefix.txt scripts/setup-env.sh rotate-secret.sh environment.yml max_token.json`.split(
    /\s+/,
  ),
)('%s is not', (path) => {
  expect(isCredentialName(path)).toBe(false);
});
