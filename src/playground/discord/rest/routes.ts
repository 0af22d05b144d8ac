import type { Parts } from '../parts.ts';
import { callbackRoutes } from './callback-routes.ts';
import { channelRoutes } from './channel-routes.ts';
import { commandRoutes } from './command-routes.ts';
import { identityRoutes } from './identity-routes.ts';
import { messageRoutes } from './message-routes.ts';
import { pinRoutes } from './pin-routes.ts';
import type { Route } from './route.ts';
import { threadRoutes } from './thread-routes.ts';
import { webhookRoutes } from './webhook-routes.ts';

/** Everything that the playground can answer. Any other request is a fault that `close()` reports. */
export function allRoutes(parts: Parts): Route[] {
  return [
    ...identityRoutes(parts),
    ...commandRoutes(parts),
    ...callbackRoutes(parts),
    ...webhookRoutes(parts),
    ...messageRoutes(parts),
    ...pinRoutes(parts),
    ...threadRoutes(parts),
    ...channelRoutes(parts),
  ];
}
