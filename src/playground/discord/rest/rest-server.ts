import type { IncomingMessage, ServerResponse } from 'node:http';
import { withoutFalseAlarms } from '../checks/false-alarms.ts';
import { describeProblems, refuseProblems } from '../checks/form-errors.ts';
import { shapeProblems } from '../checks/shape.ts';
import type { Clock } from '../clock.ts';
import { DiscordFault } from '../faults.ts';
import type { Findings } from '../findings.ts';
import type { Traffic } from '../traffic.ts';
import type { Attachments } from '../world/attachments.ts';
import { rateLimitHeaders, type Trouble, troubleAnswer } from './rate-limit.ts';
import { parseBody, readBytes } from './request-body.ts';
import { type MatchedRoute, matchRoute, type RestReply, type RestRequest, type Route } from './route.ts';

const BASE = '/api/v10';

export interface RestOptions {
  readonly routes: readonly Route[];
  readonly attachments: Attachments;
  readonly clock: Clock;
  readonly traffic: Traffic;
  readonly findings: Findings;
  /** Bot token to the id of its user. */
  readonly tokens: ReadonlyMap<string, string>;
}

/** The REST API: finds the route, checks what comes in and what goes out, turns faults into Discord's answers. */
export class RestServer {
  readonly #options: RestOptions;
  trouble: Trouble | undefined;

  constructor(options: RestOptions) {
    this.#options = options;
  }

  /** Answers one request; never throws. */
  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://loopback');
    const about = `${request.method} ${url.pathname}${url.search}`;
    if (url.pathname.startsWith('/cdn/')) return this.#sendFile(url, about, response);
    const reply = await this.#reply(request, url, about).catch((error: unknown) =>
      this.#ownFault(about, error),
    );
    const text = reply.body === undefined ? '' : JSON.stringify(reply.body);
    this.#options.traffic.record({ from: 'discord', over: 'rest', about: `${about} ${reply.status}`, text });
    response.writeHead(
      reply.status,
      text === '' ? reply.headers : { ...reply.headers, 'content-type': 'application/json' },
    );
    response.end(text);
  }

  async #reply(
    request: IncomingMessage,
    url: URL,
    about: string,
  ): Promise<RestReply & { headers: Record<string, string> }> {
    const bytes = await readBytes(request);
    this.#options.traffic.record({ from: 'bot', over: 'rest', about, text: bytes.toString() });
    if (this.trouble !== undefined) return troubleAnswer(this.trouble);
    const { routes, clock, findings } = this.#options;
    const path = decoded(url.pathname);
    const matched = path?.startsWith(BASE)
      ? matchRoute(routes, request.method ?? '', path.slice(BASE.length))
      : undefined;
    if (matched === undefined) {
      findings.note('unknown-route', about);
      const { status, body } = new DiscordFault('NOT_FOUND');
      return { status, body, headers: {} };
    }
    const name = `${matched.route.method} ${matched.route.template}`;
    const headers = rateLimitHeaders(clock, name);
    try {
      const reply = await this.#handle(matched, request, url, bytes);
      this.#checkReply(matched.route, name, reply);
      return { ...reply, headers };
    } catch (error) {
      if (!(error instanceof DiscordFault)) throw error;
      if (error.fault === 'INVALID_FORM')
        findings.note('invalid-request', `${name}: ${JSON.stringify(error.errors)}`);
      return { status: error.status, body: error.body, headers };
    }
  }

  async #handle(
    { route, params }: MatchedRoute,
    { headers }: IncomingMessage,
    url: URL,
    bytes: Buffer,
  ): Promise<RestReply> {
    const token = /^Bot (.+)$/.exec(headers.authorization ?? '')?.[1];
    const userId = token === undefined ? undefined : this.#options.tokens.get(token);
    if (route.auth === 'bot' && userId === undefined) throw new DiscordFault('UNAUTHORIZED');
    const { json, files } = await parseBody(headers['content-type'] ?? '', bytes);
    const request: RestRequest = { params, query: url.searchParams, body: json, files, userId: userId ?? '' };
    const schema = typeof route.body === 'function' ? route.body(request) : route.body;
    if (schema !== undefined) refuseProblems(shapeProblems(schema, withoutFalseAlarms(json)));
    return route.handle(request);
  }

  #checkReply({ reply: schema }: Route, name: string, { body }: RestReply): void {
    if (schema === undefined || body === undefined) return;
    const problems = shapeProblems(schema, JSON.parse(JSON.stringify(body)));
    if (problems.length > 0)
      this.#options.findings.note('invalid-response', `${name}: ${describeProblems(problems)}`);
  }

  #ownFault(about: string, error: unknown): RestReply & { headers: Record<string, string> } {
    if (error instanceof DiscordFault) return { status: error.status, body: error.body, headers: {} };
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.#options.findings.note('invalid-response', `${about}: the playground failed: ${text}`);
    return { status: 500, body: { message: '500: Internal Server Error', code: 0 }, headers: {} };
  }

  #sendFile(url: URL, about: string, response: ServerResponse): void {
    const file = this.#options.attachments.find(url);
    const status = file === undefined ? 404 : 200;
    const text = file === undefined ? '' : Buffer.from(file.bytes).toString();
    this.#options.traffic.record({ from: 'discord', over: 'rest', about: `${about} ${status}`, text });
    response.writeHead(status, { 'content-type': file?.attachment.content_type ?? 'text/plain' });
    response.end(file?.bytes);
  }
}

/** The path in clear: clients write `@original` as `%40original`. Undefined when it is not well formed. */
function decoded(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}
