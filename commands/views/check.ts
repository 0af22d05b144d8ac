import type { JobFacts } from '../../services/job-facts.ts';
import type { Card } from '../../src/shared/card.ts';
import { withoutDetails } from './error.ts';
import { button, card, row, text } from './parts.ts';

type Integrations = Extract<JobFacts, { type: 'check' }>['facts']['integrations'];
type Layer = Integrations[number]['layers'][number];

const NAMES = {
  discord: 'Discord',
  claude: 'Claude',
  openai: 'OpenAI',
  github: 'GitHub',
  network: 'Network',
} as const;
const LAYERS = {
  present: 'A token is stored',
  reachable: 'The service answers',
  accepted: 'The service accepts the token',
} as const;
const STATES = {
  ok: 'Yes',
  info: 'Yes, with a note',
  warning: 'Warning',
  error: 'No',
  postponed: 'Not now: the service has trouble',
  skipped: 'Not tried',
} as const;

/** Each integration, layer by layer; the first that fails is the one to mend. */
export function checkCard(machineName: string, integrations: Integrations, again: string): Card {
  return card(
    text(`## Integrations of ${machineName}`),
    ...integrations.map(({ integration, layers }) =>
      text(`**${NAMES[integration]}: ${verdict(layers)}**`, ...layers.map(layerLine), ...fixLines(layers)),
    ),
    row(button('Check again', again, 'main')),
  );
}

function verdict(layers: readonly Layer[]): string {
  if (layers.some(({ status }) => status === 'postponed')) return 'postponed';
  return layers.every(({ status }) => status === 'ok' || status === 'info') ? 'ready' : 'needs you';
}

function layerLine({ layer, status }: Layer): string {
  return `- ${LAYERS[layer]}: ${STATES[status]}`;
}

function fixLines(layers: readonly Layer[]): string[] {
  const code = layers.find(({ error }) => error !== undefined)?.error;
  if (code === undefined) return [];
  const { message, hint } = withoutDetails(code);
  return [`${message} What to do: ${hint}`, `-# ${code}`];
}
