/** A command line and what it does; `rest` is added as it is: a pipe. */
export interface Example {
  words: readonly string[];
  what: string;
  rest?: string;
}

function example(words: readonly string[], what: string, rest?: string): Example {
  return { words, what, ...(rest !== undefined && { rest }) };
}

/** The examples of each verb; of the program itself: ''. */
export const examples: Readonly<Record<string, readonly Example[]>> = {
  '': [
    example(['demo'], 'try it without servers'),
    example(['check'], 'are the servers of ./fleetmark.yaml ready?'),
    example(['run'], 'measure all of them'),
    example(['run', '--limit', 'web-*'], 'some of them'),
    example(['run', '-i', 'hosts.ini'], 'those of an Ansible inventory'),
    example(['report'], 'the last result again'),
    example(['baseline'], 'expect from now on what it measured'),
  ],
  run: [
    example(['run'], 'every server of ./fleetmark.yaml'),
    example(['run', '--limit', '@web', '!web-3'], 'a group without one server'),
    example(['run', '--sample', '10%', '--benchmarks', 'cpu'], 'a quick look'),
    example(['run', '-i', 'hosts.ini', '--measure-only'], 'without expectations'),
    example(['run', '--export-html', 'report.html'], 'a page to pass on'),
    example(['run', '--json'], 'for programs', ' | jq .failed'),
  ],
  check: [
    example(['check'], 'details of the servers that are not ready'),
    example(['check', '--limit', 'web-1', '--verbose'], 'all details of one'),
    example(['check', '--config-only'], 'is the configuration valid?'),
  ],
  plan: [example(['plan'], 'servers, benchmarks, duration'), example(['plan', '--limit', '@web'], 'of a group')],
  watch: [example(['watch'], 'the run under way'), example(['watch', 'nightly'], 'the one of a schedule')],
  retry: [
    example(['retry'], 'of the last run'),
    example(['retry', 'last-1', '--only', 'error'], 'errors of the one before'),
  ],
  cancel: [example(['cancel'], 'the run under way'), example(['cancel', 'nightly'], 'the one of a schedule')],
  schedule: [
    example(['schedule', 'create', 'nightly', '--cron', '0 2 * * *'], 'every night at two'),
    example(['schedule', 'list'], 'next times, last results'),
  ],
  'schedule create': [
    example(['schedule', 'create', 'nightly', '--cron', '@daily'], 'all servers, every midnight (UTC)'),
    example(['schedule', 'create', 'web', '--cron', '0 2 * * 1', '--timezone', 'Asia/Tokyo'], 'every Monday at two'),
  ],
  report: [
    example(['report'], 'the last run'),
    example(['report', 'nightly', '--since-last'], 'what is new in the last nightly run'),
    example(['report', 'last-1', '--export-html', 'report.html'], 'the one before, as a page'),
  ],
  runs: [example(['runs'], 'the last 20'), example(['runs', '--failed', '--since', '7d'], 'failures of a week')],
  history: [
    example(['history', 'web-1'], 'all its metrics'),
    example(['history', 'web-1', '--metric', 'cpu.*'], 'some, with their values'),
  ],
  compare: [example(['compare', 'last-1', 'last'], 'the last two runs')],
  open: [example(['open'], 'the run under way, or the last one'), example(['open', '--html', 'last-1'], 'as a page')],
  baseline: [
    example(['baseline', '--diff'], 'what would change'),
    example(['baseline'], 'from the last run'),
    example(['baseline', '--class', 'h100', '--least', '5'], 'of one class'),
  ],
  demo: [example(['demo'], 'six servers on this machine, half a minute')],
  servers: [example(['servers', '--limit', '@web'], 'a group, and how it is reached')],
  benchmarks: [example(['benchmarks'], 'what is configured, what is available')],
  'benchmarks try': [example(['benchmarks', 'try', 'disk', '--output', 'fio.json'], 'what would be read from it')],
  completion: [
    example(['completion', 'bash'], 'then start a new bash', ' >> ~/.bashrc'),
    example(['completion', 'zsh'], 'then start a new zsh', ' >> ~/.zshrc'),
    example(['completion', 'fish'], '', ' > ~/.config/fish/completions/fleetmark.fish'),
  ],
  up: [example(['up'], 'then start runs from another terminal')],
  worker: [example(['worker', '--metrics-port', '9100'], 'with metrics and health')],
};
