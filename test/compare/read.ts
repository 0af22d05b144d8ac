import { python } from '../helpers/python.ts';
import type { Subject } from './subjects.ts';

/** A value of a settings file as PyYAML reads it, as text; a list's places are parts of the path. */
export interface Leaf {
  readonly path: readonly string[];
  readonly value: string;
}

export interface Facts {
  /** Of each settings file of the person. */
  readonly settings: Readonly<Record<string, readonly Leaf[]>>;
  /** Of all templates together. */
  readonly examples: readonly Leaf[];
  readonly config: readonly Leaf[];
  /** Of `projects/registry.yaml: projects`, by the entry's key. */
  readonly registry: Readonly<Record<string, readonly Leaf[]>>;
  /** Of each secret's name, where it was found in the new home. */
  readonly secrets: Readonly<Record<string, 'stored' | 'clear' | 'nowhere'>>;
  /** Of each further file, whether the new home has its bytes or a patch of its name. */
  readonly files: Readonly<Record<string, 'same' | 'patch' | 'nowhere'>>;
  /** Of each project's path, a digest of its `.orch-state`. */
  readonly states: Readonly<Record<string, string>>;
}

/** Reads an installation and the new home beside it with Python, as the programs do that the files were written for. */
export function readFacts(subject: Subject): Facts {
  return python(READ, subject) as Facts;
}

const READ = `
import glob, hashlib, json, os, sys, yaml
from cryptography.fernet import Fernet
subject = json.load(sys.stdin)
clone, target = subject['clone'], subject['home'] + '/.agent-workflow'

def text(value):
    if value is None or isinstance(value, bool): return json.dumps(value)
    return value.isoformat() if hasattr(value, 'isoformat') else str(value)
def leaves(value, path=()):
    if isinstance(value, dict) and value:
        return [leaf for key in value for leaf in leaves(value[key], path + (text(key),))]
    if isinstance(value, list) and value:
        return [leaf for n, each in enumerate(value) for leaf in leaves(each, path + (str(n),))]
    return [{'path': path, 'value': text(value)}]
def load(path):
    if not os.path.exists(path): return {}
    with open(path, encoding='utf-8') as file: return yaml.safe_load(file) or {}
def content(path):
    with open(path, 'rb') as file: return file.read()
def below(folder):
    return sorted(os.path.join(at, name) for at, _, names in os.walk(folder) for name in names)
def digest(folder):
    all = hashlib.sha256()
    for path in below(folder):
        all.update(path.encode() + b'\\0' + hashlib.sha256(content(path)).digest())
    return all.hexdigest()

home = {path: content(path) for path in below(target)}
stored = set()
if os.path.exists(target + '/credentials.enc'):
    key = Fernet(content(target + '/credentials.key'))
    vault = json.loads(content(target + '/credentials.enc'))['credentials']
    stored = {key.decrypt(each['encrypted_value'].encode()).decode() for each in vault.values()}
def secret(value):
    if value in stored: return 'stored'
    return 'clear' if any(value.encode() in data for data in home.values()) else 'nowhere'
def carried(name):
    data = content(os.path.join(clone, name))
    if data and data in home.values(): return 'same'
    return 'patch' if any(path.endswith('/' + name + '.patch') for path in home) else 'nowhere'

templates = [path for path in sorted(glob.glob(clone + '/**/*', recursive=True))
             if 'example' in os.path.basename(path) and path.endswith(('.yml', '.yaml'))]
registry = load(target + '/projects/registry.yaml').get('projects') or {}
print(json.dumps({
    'settings': {name: leaves(load(os.path.join(clone, name))) for name in subject['settings']},
    'examples': [leaf for path in templates for leaf in leaves(load(path))],
    'config': leaves(load(target + '/config.yaml')),
    'registry': {text(name): leaves(entry) for name, entry in registry.items()},
    'secrets': {each['name']: secret(each['value']) for each in subject['secrets']},
    'files': {name: carried(name) for name in subject['files']},
    'states': {each['path']: digest(each['path'] + '/.orch-state') for each in subject['projects']},
}))
`;
