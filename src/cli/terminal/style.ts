import { styleText } from 'node:util';
import type { Style, StyleRole } from '../../reports/style.ts';

const formats = {
  strong: 'bold',
  good: 'green',
  bad: 'red',
  doubtful: 'yellow',
  muted: 'dim',
} as const satisfies Record<StyleRole, Parameters<typeof styleText>[0]>;

/** Colours for one stream; respects NO_COLOR and FORCE_COLOR. */
export function styleFor(stream: NodeJS.WriteStream): Style {
  return (role, text) => styleText(formats[role], text, { validateStream: true, stream });
}
