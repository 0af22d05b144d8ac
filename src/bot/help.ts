const TEXT = `migration-bot: moves installations of agent-workflow, from Discord

  migration-bot            runs the bot until SIGINT or SIGTERM
  migration-bot init       makes the bot's keys, and an example of the settings if there are none
  migration-bot doctor     checks settings, token, server, channel, keys and records; --json for scripts
  migration-bot help

  --config FILE            the settings (default: config/bot.yml); each is an environment variable too

Exit codes: 0 done, 1 the session with Discord ended or a check failed, 2 the settings or the call are wrong
`;

export async function help(): Promise<number> {
  process.stdout.write(TEXT);
  return 0;
}
