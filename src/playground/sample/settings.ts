import { join } from 'node:path';
import { INVENTED_TOKENS } from './invented.ts';
import { PROJECT_FOLDERS } from './projects.ts';
import type { Files } from './repository.ts';

/** Beyond 2^53, and without quotes in the files: read as a number, its last digits would change. */
export const UNQUOTED_GUILD = '1122334455667788990';

/** The person's settings, in all three layouts that are in the wild, as they pile up over the versions. */
export function settingsFiles(home: string): Files {
  const path = (name: keyof typeof PROJECT_FOLDERS) => join(home, PROJECT_FOLDERS[name]);
  return {
    'orchestrator.yaml': `# The bakery's orchestrator. Ask the baker before you change the mode.
version: 0.9
orchestrator:
  default_mode: partial      # blocking | partial | autonomous
  log_level: WARNING
  max_projects: 5
  sprint_length: 1:30        # an hour and a half
  enforce_reviews: yes
ai:
  provider: claude
  model: claude-3-5-sonnet-20241022
  rate_limit: {requests_per_minute: 50, tokens_per_minute: 40000}
tdd:
  enabled: true
  parallel_cycles: 2
notifications:
  quiet_hours: ["22:00", "04:00"]   # the ovens are on at four
`,
    'discord-config.yaml': `discord:
  token: ${INVENTED_TOKENS.oldDiscord}   # of the first bot, no longer used
  guild_id: ${UNQUOTED_GUILD}
  channel_prefix: oven-
  enabled: on
`,
    'projects/shop-front.yaml': `name: shop-front
path: ${path('shop-front')}
mode: partial
description: "What people see when they order"
github:
  repository: example/shop-front
  default_branch: main
tags: [web, shop]
`,
    'config.yml': `orchestrator:
  project_name: orders-api
  project_path: ${path('orders-api')}
security:
  enforce_agent_restrictions: true
  blocked_commands: ["rm -rf", "sudo"]
logging:
  level: WARNING
development:
  web_interface: {enabled: true, port: 8080}
`,
    'orch-config.yaml': `global:
  backup_retention_days: 30
  global_discord_guild: '${UNQUOTED_GUILD}'
  max_concurrent_projects: 5
  resource_allocation_strategy: priority
projects:
  round-planner:
    name: round-planner
    path: ${path('round-planner')}
    description: The shortest round for the van
    priority: 2
    status: active
    tags: [van]
    created_at: '2025-02-11T06:20:00'
`,
  };
}

/** Files with secrets: only the person may read them. Nothing in them opens anything. */
export function secretFiles(): Files {
  return {
    '.env': `# Invented for the playground.
export DISCORD_BOT_TOKEN="${INVENTED_TOKENS.discord}"
ANTHROPIC_API_KEY=${INVENTED_TOKENS.anthropic}
GITHUB_TOKEN='${INVENTED_TOKENS.github}'
JWT_SECRET=${INVENTED_TOKENS.jwt}
OPENAI_API_KEY=your_openai_api_key_here
SMTP_SERVER=mail.example.org
SMTP_PORT=587
DEBUG=false
`,
  };
}
