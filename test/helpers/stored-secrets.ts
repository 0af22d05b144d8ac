import { join } from 'node:path';
import { python } from './python.ts';

const READ_STORE = `
import json, sys
from cryptography.fernet import Fernet
home = json.load(sys.stdin)
store = json.load(open(home + "/credentials.enc"))
cipher = Fernet(open(home + "/credentials.key", "rb").read())
print(json.dumps({k: cipher.decrypt(v["encrypted_value"].encode()).decode("utf-8") for k, v in store["credentials"].items()}))
`;

/** What Python decrypts of the new store below `home`. */
export function secretsOf(home: string): unknown {
  return python(READ_STORE, join(home, '.agent-workflow'));
}
