import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { commitFiles, type Files, git } from './repository.ts';

export const UPSTREAM = 'https://github.com/jmontp/agent-workflow';

/**
 * A clone as small as one can be that still looks like one: folders and names as people know them, our own words, nothing
 * changed. It was made at `clonedAt`, as git's log of it says.
 */
export async function writeClone(clone: string, clonedAt: Date): Promise<void> {
  await commitFiles(clone, TRACKED, { message: 'Version 0.9.8', at: '2025-05-12T10:00:00Z' });
  await appendFile(
    join(clone, '.git/config'),
    `[remote "origin"]\n\turl = ${UPSTREAM}\n\tfetch = +refs/heads/*:refs/remotes/origin/*\n`,
  );
  await git(clone, ['update-ref', 'refs/remotes/origin/main', 'HEAD']);
  await git(clone, ['update-ref', 'refs/tags/v0.9.8', 'HEAD']);
  const head = (await readFile(join(clone, '.git/refs/heads/main'), 'utf8')).trim();
  const seconds = Math.floor(clonedAt.getTime() / 1000);
  await writeFile(
    join(clone, '.git/logs/HEAD'),
    `${'0'.repeat(40)} ${head} The baker <baker@example.org> ${seconds} +0000\tclone: from ${UPSTREAM}\n`,
  );
}

const MODULES = [
  'agent_pool',
  'data_models',
  'discord_bot',
  'global_orchestrator',
  'project_storage',
  'state_machine',
];
const PAGES = ['index', 'installation', 'configuration', 'discord', 'projects'];

const TRACKED: Files = {
  'README.md': '# agent-workflow\n\nThis stands in for the clone that people run the orchestrator from.\n',
  'CLAUDE.md': '# Notes for agents\n\nSmall steps, tests first.\n',
  LICENSE: 'See the project that this stands in for.\n',
  Makefile: '.PHONY: run\nrun:\n\tpython3 scripts/orchestrator.py\n',
  'requirements.txt': 'discord.py>=2.3\npython-dotenv\nPyYAML\n',
  '.gitignore':
    '.env\n*.env\nconfig.yml\ndiscord-bot.config\nconfig/projects.yaml\nconfig/secrets.yaml\n.orch-state/\n*.log\n*.backup\n*.bak\n',
  '.env.example':
    'DISCORD_BOT_TOKEN=your_discord_bot_token_here\nANTHROPIC_API_KEY=your_anthropic_api_key_here\n',
  'config.example.yml': 'orchestrator:\n  mode: blocking\n',
  'agent_workflow/__init__.py': '"""The package."""\n\n__version__ = "0.9.8"\n',
  'scripts/orchestrator.py': pythonModule('orchestrator'),
  'scripts/multi_project_orchestrator.py': pythonModule('several projects'),
  'lib/agent_tool_config.py':
    '"""What each agent may do."""\n\nAGENT_TOOLS = {\n    "code": ["read", "search", "write"],\n    "review": ["read", "search"],\n}\n',
  ...Object.fromEntries(MODULES.map((name) => [`lib/${name}.py`, pythonModule(name)])),
  ...Object.fromEntries(PAGES.map((name) => [`docs_src/${name}.md`, `# ${name}\n\nA page of the manual.\n`])),
  'tests/test_state_machine.py': 'def test_starts_idle():\n    assert True\n',
};

function pythonModule(about: string): string {
  return `"""Part of the stand-in: ${about}."""\n\n\ndef main():\n    print("${about}")\n\n\nif __name__ == "__main__":\n    main()\n`;
}
