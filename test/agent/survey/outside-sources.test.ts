// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the braces are what compose files hold
import { chmodSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { put } from '../../fixtures/write-files.ts';
import { fatesOf, makeClone, planOf, surveyOf, systemAt } from '../../helpers/plan.ts';
import { useTempFolder } from '../../helpers/temp.ts';

const temp = useTempFolder();
const TOKEN = 'ghp_0123456789abcdefghijABCDEFGHIJ012345';

describe('start-up files of shells', () => {
  it('give what agent-workflow knows and what the installation names, and nothing else', () => {
    const { clone, home } = at({ 'config.yml': 'mail: {password: "$TEAM_MAIL_PASSWORD"}\n' });
    put(
      home,
      '.zshrc',
      `export GITHUB_TOKEN=${TOKEN}\nexport TEAM_MAIL_PASSWORD='for us'\nexport HOMEBREW_GITHUB_API_TOKEN=other1234\nexport EDITOR=vi\n`,
    );

    const survey = surveyOf(clone);

    expect(shown(survey.secrets)).toEqual({
      '~/.zshrc#GITHUB_TOKEN': TOKEN,
      '~/.zshrc#TEAM_MAIL_PASSWORD': 'for us',
      'config.yml#mail.password': '$TEAM_MAIL_PASSWORD',
    });
    expect(survey.findings).toContainEqual(
      expect.objectContaining({ code: 'outside-secrets', level: 'info', file: '~/.zshrc', line: 1 }),
    );
  });

  it('are read behind a link, and are part of what the plan was made from', () => {
    const { clone, home } = at({});
    put(home, 'dotfiles/bashrc', `export GITHUB_TOKEN=${TOKEN}\n`);
    symlinkSync('dotfiles/bashrc', join(home, '.bashrc'));

    const plan = planOf(clone);

    expect(fatesOf(plan)['~/.bashrc#GITHUB_TOKEN']).toBe('mapped credentials.enc#github_token');
    expect(plan.preconditions.map(({ path }) => path)).toContain(join(home, 'dotfiles/bashrc'));
  });

  it('whose value only running them would tell are said to need the person', () => {
    const { clone, home } = at({});
    put(home, '.bashrc', 'export GITHUB_TOKEN=$(pass show github)\n');

    const plan = planOf(clone);

    expect(fatesOf(plan)['~/.bashrc#GITHUB_TOKEN']).toBe('needs-you');
    expect(plan.survey.findings).toContainEqual(
      expect.objectContaining({ code: 'value-unknown', file: '~/.bashrc', line: 1 }),
    );
  });

  it('that others may read are named where they can be reached', () => {
    const { clone, home } = at({});
    put(home, '.bashrc', `export GITHUB_TOKEN=${TOKEN}\n`, 0o644);
    chmodSync(home, 0o700);

    expect(surveyOf(clone).findings.map(({ code }) => code)).not.toContain('outside-readable');
  });

  it('that are folders, pipes or very large are passed over', () => {
    const { clone, home } = at({});
    mkdirSync(join(home, '.bashrc'));
    put(home, '.profile', `export GITHUB_TOKEN=${TOKEN}\n`.padEnd((1 << 20) + 1, '#'));

    expect(surveyOf(clone).secrets).toEqual([]);
  });

  it('lose against the env file of the clone, and the ledger names both', () => {
    const { clone, home } = at({ '.env': 'GITHUB_TOKEN=from-dot-env\n' });
    put(home, '.bashrc', `export GITHUB_TOKEN=${TOKEN}\n`);
    put(home, '.config/fish/config.fish', 'set -gx GITHUB_TOKEN from-dot-env\n');

    const plan = planOf(clone);

    const row = (item: string) => plan.content.ledger.find((one) => one.item === item);
    expect(row('~/.bashrc#GITHUB_TOKEN')).toMatchObject({
      fate: 'kept-unused',
      to: 'credentials.enc#github_token_bashrc',
      note: '.env#GITHUB_TOKEN goes first; this is another github token of 40 bytes',
    });
    expect(row('~/.config/fish/config.fish#GITHUB_TOKEN')).toMatchObject({
      fate: 'mapped',
      note: 'the same as .env#GITHUB_TOKEN',
    });
  });

  it('are not named where their own name is a secret', () => {
    const { clone, home } = at({});
    put(home, `.config/fish/conf.d/${TOKEN}.fish`, 'set -gx GITHUB_TOKEN abcdefgh1234\n');

    const plan = planOf(clone);

    expect(JSON.stringify([plan.content, plan.survey.findings])).not.toContain(TOKEN);
    expect(plan.survey.secrets).toEqual([]);
  });
});

describe('systemd units of the person', () => {
  const folder = '.config/systemd/user';

  it('count where they name the clone, with their drop-ins and the files that they name', () => {
    const { clone, home } = at({ 'conf/service.conf': 'JWT_SECRET="in the clone"\n' });
    put(
      home,
      `${folder}/aw.service`,
      `[Service]\nWorkingDirectory=${clone}\nEnvironment=GITHUB_TOKEN=old DEBUG=1\nEnvironmentFile=${clone}/conf/service.conf\nEnvironmentFile=-%h/aw.conf\nEnvironmentFile=%t/x\n`,
    );
    put(home, `${folder}/aw.service.d/token.conf`, `[Service]\nEnvironment=GITHUB_TOKEN=${TOKEN}\n`);
    put(home, 'aw.conf', 'APM_TOKEN=from-a-file\n', 0o600);
    put(home, `${folder}/other.service`, `[Service]\nEnvironment=SECRET_KEY=of-another-program\n`);
    put(
      home,
      `${folder}/near.service`,
      `[Service]\nWorkingDirectory=${clone}-2\nEnvironment=SECRET_KEY=x1234567\n`,
    );

    const plan = planOf(clone);

    expect(shown(plan.survey.secrets)).toEqual({
      [`~/${folder}/aw.service.d/token.conf#GITHUB_TOKEN`]: TOKEN,
      [`~/${folder}/aw.service#GITHUB_TOKEN`]: 'old',
      'conf/service.conf#JWT_SECRET': 'in the clone',
      '~/aw.conf#APM_TOKEN': 'from-a-file',
    });
    expect(fatesOf(plan)).toMatchObject({
      [`~/${folder}/aw.service.d/token.conf#GITHUB_TOKEN`]: 'mapped credentials.enc#github_token',
      [`~/${folder}/aw.service#DEBUG`]: 'kept-unused config.yaml#legacy.env.DEBUG',
    });
    expect(plan.survey.findings).toContainEqual(
      expect.objectContaining({ code: 'unit-environment-file', line: 6 }),
    );
  });
});

describe('compose files of the clone', () => {
  it('give the secrets of their services, by service, and leave settings and references alone', () => {
    const { clone, home } = at({
      'deploy/compose.yaml': [
        'services:',
        '  db:',
        '    environment: {POSTGRES_PASSWORD: "pa$$word1", POSTGRES_DB: app, TZ: UTC}',
        '    env_file: [db.settings, ../../outside.list]',
        '  bot:',
        '    environment:',
        '      - GITHUB_TOKEN=${GITHUB_TOKEN:-none}',
        `      - "DISCORD_WEBHOOK_URL=https://discord.com/api/webhooks/1234567890123456789/${'aB3-'.repeat(16)}"`,
        '      - JWT_SECRET',
      ].join('\n'),
      'deploy/db.settings': 'DB_PASSWORD=beside it\n',
    });
    put(home, 'outside.list', 'REDIS_URL=redis://:hunter2222@cache:6379/0\n');

    const survey = surveyOf(clone);

    const compose = 'deploy/compose.yaml#services';
    expect(shown(survey.secrets)).toMatchObject({
      [`${compose}.db.environment.POSTGRES_PASSWORD`]: 'pa$word1',
      [`${compose}.bot.environment.DISCORD_WEBHOOK_URL`]: expect.stringContaining('/webhooks/'),
      'deploy/db.settings#DB_PASSWORD': 'beside it',
      '~/outside.list#REDIS_URL': expect.any(String),
    });
    expect(Object.keys(shown(survey.secrets)).filter((item) => /GITHUB|JWT|TZ|_DB/.test(item))).toEqual([]);
  });

  it('that cannot be read as such give none', () => {
    const { clone } = at({
      'docker-compose.yml': 'services: [1, 2]\n',
      'compose.override.yml': '\tnot yaml: "',
      'docker-compose.example.yml': 'services: {a: {environment: {A_TOKEN: abcdefgh1}}}\n',
    });

    expect(surveyOf(clone).secrets).toEqual([]);
  });
});

describe('the environment of the program itself', () => {
  it('is reported by name, not taken, and not told where a file has the same', () => {
    const { clone, home } = at({ '.env': 'JWT_SECRET=the same\n' });
    const system = systemAt(home, { GITHUB_TOKEN: TOKEN, JWT_SECRET: 'the same', NPM_TOKEN: 'not ours 1' });

    const survey = surveyOf(clone, { system });

    expect(Object.keys(shown(survey.secrets))).toEqual(['.env#JWT_SECRET']);
    const told = survey.findings.filter(({ code }) => code === 'environment-secret');
    expect(told).toMatchObject([{ level: 'info', fix: expect.stringContaining('--from-environment') }]);
    expect(told[0]?.message).toContain('GITHUB_TOKEN');
    expect(JSON.stringify(survey.findings)).not.toContain(TOKEN);
  });

  it('is taken where it is asked for, and then settles what a file could not tell', () => {
    const { clone, home } = at({});
    put(home, '.bashrc', 'export GITHUB_TOKEN=$(pass show github)\n');
    const system = systemAt(home, { GITHUB_TOKEN: TOKEN });

    const survey = surveyOf(clone, { system, fromEnvironment: true });

    expect(shown(survey.secrets)).toEqual({ '(environment)#GITHUB_TOKEN': TOKEN });
    expect(survey.envFiles.flatMap(({ variables }) => variables.map(({ what }) => what))).toEqual(['secret']);
  });
});

function at(files: Record<string, string>): { clone: string; home: string } {
  const home = join(temp(), 'home');
  return { home, clone: makeClone(join(home, 'clone'), files) };
}

function shown(secrets: ReturnType<typeof surveyOf>['secrets']): Record<string, string> {
  return Object.fromEntries(secrets.map(({ item, value }) => [item, value.reveal().toString()]));
}
