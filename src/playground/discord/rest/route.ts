import type { Schema } from '../checks/shape.ts';
import type { NumberedFile } from '../world/message-body.ts';

export interface RestRequest {
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** As its schema has let it through; `{}` when the request had none. */
  readonly body: unknown;
  readonly files: readonly NumberedFile[];
  /** The account whose token was sent; empty on routes that need none. */
  readonly userId: string;
}

export interface RestReply {
  readonly status: number;
  /** Undefined for 204. */
  readonly body?: unknown;
}

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** As in Discord's documentation: `/channels/{channel_id}/messages`. */
  readonly template: string;
  /** Routes below interactions are opened by the token in their path. */
  readonly auth: 'bot' | 'none';
  /** What the body must be; a function where that depends on the request. */
  readonly body?: Schema | ((request: RestRequest) => Schema);
  /** What a successful answer must be. */
  readonly reply?: Schema;
  /** @throws DiscordFault for Discord's error answers */
  handle(request: RestRequest): RestReply;
}

export interface MatchedRoute {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

/** The route of a decoded path below `/api/v10`, or undefined. A template without parameters goes first. */
export function matchRoute(routes: readonly Route[], method: string, path: string): MatchedRoute | undefined {
  const segments = path.split('/');
  const found = routes
    .filter((route) => route.method === method)
    .flatMap((route) => {
      const params = matchTemplate(route.template.split('/'), segments);
      return params === undefined ? [] : [{ route, params }];
    });
  return found.toSorted((one, other) => Object.keys(one.params).length - Object.keys(other.params).length)[0];
}

function matchTemplate(
  template: readonly string[],
  path: readonly string[],
): Record<string, string> | undefined {
  if (template.length !== path.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, part] of template.entries()) {
    const value = path[index] ?? '';
    const name = /^\{(\w+)\}$/.exec(part)?.[1];
    if (name === undefined && part !== value) return undefined;
    if (name !== undefined) params[name] = value;
  }
  return params;
}

/** A parameter that the template of the route names. */
export function param(request: RestRequest, name: string): string {
  return request.params[name] ?? '';
}

export const NO_CONTENT: RestReply = { status: 204 };
