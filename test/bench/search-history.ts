import { findTokens } from '../../src/agent/credentials/secret-kinds.ts';
import { RealSystem } from '../../src/agent/real-system.ts';
import { isCredentialName } from '../../src/agent/survey/credential-names.ts';
import { readGit } from '../../src/agent/survey/git.ts';

/** Searches the commits of the clone that is given as argument; prints how many files were found. For `search.ts`. */
const git = readGit(new RealSystem(), process.argv[2] as string);
if (git.state !== 'read') throw new Error(git.state);
const found = git.searchHistory({
  goesFirst: isCredentialName,
  isSecret: (bytes) => findTokens(bytes.toString('latin1')),
});
git.close();
if (!found.complete || found.hits.length === 0) throw new Error('not all was searched, or nothing found');
process.stdout.write(`${found.hits.length}\n`);
