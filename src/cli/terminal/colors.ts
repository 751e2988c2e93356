import { styleText } from 'node:util';
import type { Style, StyleRole } from '../../reports/style.ts';

/** `--color`: `auto` colours a terminal, unless the environment says otherwise. */
export const colorModes = ['auto', 'always', 'never'] as const;

export type ColorMode = (typeof colorModes)[number];

const FORMATS = {
  strong: 'bold',
  good: 'green',
  bad: 'red',
  doubtful: 'yellow',
  muted: 'dim',
} as const satisfies Record<StyleRole, Parameters<typeof styleText>[0]>;

/**
 * Whether a stream gets colours. The option counts first, then FORCE_COLOR, then NO_COLOR; an empty variable is not set.
 * @see https://no-color.org and https://force-color.org
 */
export function hasColors({ isTTY }: Pick<NodeJS.WriteStream, 'isTTY'>, { env, color = 'auto' }: Colored): boolean {
  if (color !== 'auto') return color === 'always';
  const forced = env['FORCE_COLOR'];
  if (forced) return forced !== '0' && forced !== 'false';
  return isTTY && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
}

/** What says whether colours are wanted. */
interface Colored {
  env: NodeJS.ProcessEnv;
  color?: ColorMode | undefined;
}

/** The colours of one stream of a terminal. */
export function styleFor(stream: NodeJS.WriteStream, terminal: Colored): Style {
  if (!hasColors(stream, terminal)) return (_role, text) => text;
  return (role, text) => styleText(FORMATS[role], text, { validateStream: false });
}
