import type { ActionResult } from '../../src/domain/actions/results.ts';
import type { FleetReport } from '../../src/domain/reports/fleet-report.ts';
import { smallFleet } from './example-fleets.ts';

/** What a server or a configuration could say. */
export const hostileNames = {
  'the end of a script': '</script><script>alert(1)</script>',
  'the end of a style': '</style></title><svg onload=alert(1)>',
  'an attribute': `"><img src=x onerror="alert(1)">' onmouseover='alert(1)`,
  'a formula': '=cmd|"/C calc"!A0',
  'other formulas': '@SUM(1+1)*cmd|x',
  colours: '\u001b[31;1mred\u001b[0m\u009b2J',
  'a title of a terminal': '\u001b]0;title\u0007',
  'another text direction': 'web\u202e1-bew\u2066',
  'a NUL': 'a\u0000b',
  'lone surrogates': 'a\ud800b\udc00c',
  'the end of CDATA': ']]>',
  'a row of a table': 'a | b | c |',
  'code marks': '```` ``` `x` ~~~',
  'line breaks': 'a\nb\r\nc\u2028d\u2029e\u0085f',
  'an entity': '&lt;script&gt; &#60; &amp;',
  'a template': '{{ x }} ${x} <%= x %> <!--',
  'invisible letters': 'a\u200b\u200d\ufeffb',
  'a key of all objects': '__proto__',
};

/** A report in which a server chose every text that is not of a fixed set. */
export function reportSaying(text: string): FleetReport {
  const fixed = ['verdict', 'comparison', 'startedAt', 'better', 'trusted', 'run'];
  const replaced: unknown = JSON.parse(
    JSON.stringify(smallFleet(), (key, value: unknown) => {
      if (typeof value !== 'string' || fixed.includes(key)) return value;
      return key === 'serverId' ? `${text}${value}` : text;
    })
  );
  const action: ActionResult = { action: text, change: 'failed', state: 'failed', message: text, servers: [text] };
  return { ...(replaced as FleetReport), run: text, actions: [action] };
}
