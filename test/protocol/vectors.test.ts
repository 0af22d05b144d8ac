import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { TYPES, type TypeRow } from '../../src/protocol/types.ts';
import { WORDS } from '../../src/protocol/word-list.ts';
import { python } from '../helpers/python.ts';
import { decode } from './forgery.ts';
import { makeVectors } from './make-vectors.ts';
import vectors from './vectors.json' with { type: 'json' };

/**
 * The vectors never change: what is in vectors.json is what every release must make and take. The second reader below is
 * written in another language, from the text of docs/protocol.md alone.
 */
const frames = Object.entries(vectors.frames);
const signed = frames.filter(([, raw]) => !raw.startsWith('{'));

it('the same keys, nonces and times give the same bytes as ever', async () => {
  expect(await makeVectors()).toEqual(vectors);
});

const READER = `
import base64, hashlib, hmac, json, sys
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
given = json.load(sys.stdin)
v, words = given["vectors"], given["words"]
def un64(text): return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
def to64(data): return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
def sha(data): return hashlib.sha256(data).hexdigest()
def th(frames): return sha(b"".join(len(f).to_bytes(4, "big") + f for f in frames))
def hkdf(hexed, info):
    prk = hmac.new(b"\\0" * 32, bytes.fromhex(hexed), hashlib.sha256).digest()
    return int.from_bytes(hmac.new(prk, info.encode() + b"\\1", hashlib.sha256).digest()[:8], "big")
def three(hexed, info):
    n = hkdf(hexed, info)
    return [words[n >> 53], words[n >> 42 & 2047], words[n >> 31 & 2047]]
kids = {}
for name, key in v["keys"].items():
    x = un64(key["jwk"]["x"])
    assert Ed25519PrivateKey.from_private_bytes(un64(key["d"])).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw) == x
    canonical = json.dumps({"crv": "Ed25519", "kty": "OKP", "x": key["jwk"]["x"]}, separators=(",", ":"), sort_keys=True)
    assert to64(hashlib.sha256(canonical.encode()).digest()) == key["kid"]
    kids[key["kid"]] = name
f = {name: raw.encode() for name, raw in v["frames"].items()}
signers = {}
for name, raw in v["frames"].items():
    if raw.startswith("{"): continue
    head, body, signature = raw.split(".")
    header = json.loads(un64(head))
    signers[name] = kids[header["kid"]]
    Ed25519PublicKey.from_public_bytes(un64(v["keys"][signers[name]]["jwk"]["x"])).verify(un64(signature), f"{head}.{body}".encode())
T = th([f["pair.begin"], f["pair.offer"], f["pair.reveal"]])
hs = [f["hello"], f["challenge"], f["proof"]]
body = json.loads(un64(v["frames"]["command"].split(".")[1]))["body"]
print(json.dumps({
    "signers": signers,
    "pairing": {"commit": sha(b"awm-pair-1" + f["pair.reveal"]), "T": T, "words": three(T, "awm-words-1"),
                "digits": "%06d" % (hkdf(T, "awm-sas-1") % 10**6)},
    "handshake": {"th": [th(hs[:n]) for n in (1, 2, 3)]},
    "digests": {"commandBody": sha(json.dumps(body, separators=(",", ":")).encode()),
                "event": sha(f["event"].rsplit(b".", 1)[0])},
    "plan": {"bytes": v["plan"]["bytes"], "digest": sha(v["plan"]["bytes"].encode()),
             "words": three(sha(v["plan"]["bytes"].encode()), "awm-plan-words-1")},
}))
`;

it('another implementation finds the same signers, transcripts, commitment, words and digits', () => {
  const { keys: _, frames: __, ...computed } = vectors;
  expect(python(READER, { vectors, words: WORDS })).toEqual({
    ...computed,
    signers: {
      'pair.claimed': 'B',
      'pair.confirm': 'A',
      'pair.done': 'B',
      'pair.ack': 'A',
      challenge: 'H',
      proof: 'A',
      welcome: 'H',
      certificate: 'B',
      command: 'B',
      event: 'A',
      'command that pauses': 'B',
      'event of a pause': 'A',
      'passing event': 'A',
      acknowledgement: 'H',
    },
  });
});

describe('the table of types', () => {
  const rows: readonly TypeRow[] = Object.values(TYPES);

  it('gives each kind a typ of its own', () => {
    expect(new Set(rows.map(({ typ }) => typ)).size).toBe(rows.length);
  });

  it.each(signed)('says which claims a frame has: %s', (_, raw) => {
    const { header, claims } = decode(raw);
    const row = rows.find(({ typ }) => typ === header['typ']);
    expect([row?.claims, row?.passingClaims].map((names) => names?.toSorted())).toContainEqual(
      Object.keys(claims).sort(),
    );
  });

  it('is complete: every typ has an example', () => {
    const seen = new Set(signed.map(([, raw]) => decode(raw).header['typ']));
    expect(rows.map(({ typ }) => typ).filter((typ) => !seen.has(typ))).toEqual([]);
  });
});

describe('docs/protocol.md', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/protocol.md'), 'utf8');

  it.each(frames)('shows the example of %s', (_, raw) => {
    expect(page).toContain(raw.startsWith('{') ? raw : JSON.stringify(decode(raw).claims));
  });

  it('shows one whole JWS', () => {
    expect(page).toContain(vectors.frames.command);
  });
});
