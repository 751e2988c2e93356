import type { ActionMessage, ChangedServer } from '../../domain/actions/runner.ts';
import { inertJson } from '../../domain/values/untrusted.ts';
import { plural } from '../counts.ts';
import { reportText } from '../report-text.ts';
import { serverLines } from '../runs/server-lines.ts';

/** Slack shows 4,000 characters well, and truncates after 40,000. */
const MAX_CHARACTERS = 3_500;
const MAX_REASON = 200;

/** The request of an incoming webhook: one text, in which nothing that a server says is more than text. */
export function slackJson(message: ActionMessage): string {
  // `mrkdwn: false`: no bold, no code; the others: no names, no previews of links.
  const plain = { mrkdwn: false, parse: 'none', link_names: false, unfurl_links: false, unfurl_media: false };
  return inertJson(JSON.stringify({ text: slackText(message), ...plain }));
}

export function slackText({ run, servers }: ActionMessage): string {
  const { schedule, note, run: id } = run;
  const told = [schedule ?? id, ...(note === null || note === schedule ? [] : [note])].map((text) =>
    reportText(text, 150)
  );
  const head = slackEscaped(`fleetmark ${told.join(', ')}: ${countsOf(servers)}`);
  const failed = servers.filter(({ change }) => change === 'failed');
  const recovered = servers.filter(({ change }) => change === 'recovered');
  const lines = [
    ...failed.map(({ row }) => `${row.serverId} ${row.verdict}: ${serverLines(row)[0]!.text}`),
    ...recovered.map(({ row }) => `${row.serverId} passes again`),
  ].map((line) => slackEscaped(reportText(line, MAX_REASON)));
  const shown: string[] = [];
  let room = MAX_CHARACTERS - head.length;
  for (const line of lines) {
    room -= line.length + 1;
    if (room < 0) return [head, ...shown, `and ${plural(lines.length - shown.length, 'more server')}`].join('\n');
    shown.push(line);
  }
  return [head, ...shown].join('\n');
}

/** `2 servers newly fail, 1 passes again` */
function countsOf(servers: readonly ChangedServer[]): string {
  const failed = servers.filter(({ change }) => change === 'failed').length;
  const recovered = servers.length - failed;
  const parts = [
    ...(failed > 0 ? [`${plural(failed, 'server newly fails', 'servers newly fail')}`] : []),
    ...(recovered > 0 ? [plural(recovered, 'server passes again', 'servers pass again')] : []),
  ];
  return parts.join(', ');
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/**
 * Escapes what Slack reads as a link, a mention or a command such as `<!channel>`. Other chats that accept the same requests
 * know `@channel` and links without brackets: an invisible word joiner after `@` and `:` prevents them.
 * @see https://docs.slack.dev/messaging/formatting-message-text#escaping
 */
export function slackEscaped(text: string): string {
  return text.replace(/[&<>]/g, (character) => ENTITIES[character]!).replace(/@(?=\S)|:(?=\/\/)/g, '$&\u2060');
}
