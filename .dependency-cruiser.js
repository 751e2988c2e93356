/** Who may import whom: the table of the design, as rules. `npm run check` runs them. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const mayImport = {
  domain: [],
  benchmarks: ['domain'],
  reports: ['domain'],
  logging: ['domain'],
  blocking: ['domain'],
  ssh: ['domain', 'logging', 'blocking'],
  config: ['domain', 'logging', 'blocking'],
  workflows: ['domain', 'reports'],
  activities: ['domain', 'benchmarks', 'ssh', 'config', 'reports', 'logging'],
  local: ['domain', 'config', 'logging'],
  cli: ['domain', 'config', 'reports', 'logging', 'local'],
};

/** Which packages a folder is written with. Any other one is a decision: it belongs into this table. */
const mayUse = {
  domain: [],
  benchmarks: [],
  reports: ['pretty-ms', 'string-width'],
  logging: ['pino', '@temporalio/worker'],
  blocking: [],
  ssh: ['ssh2'],
  config: ['js-yaml', 'yaml', 'zod'],
  workflows: ['@temporalio/common', '@temporalio/workflow'],
  activities: ['@temporalio/activity', '@temporalio/common', '@temporalio/worker'],
  local: ['@temporalio/client', '@temporalio/common', '@temporalio/testing', 'ssh2', 'yaml'],
  cli: [
    ...['@temporalio/client', '@temporalio/common', '@temporalio/envconfig', '@temporalio/worker'],
    ...['@commander-js/extra-typings', 'commander', 'log-update'],
  ],
};

/** What in `config` each of its folders needs besides itself. None of them needs another one. */
const inConfig = {
  expectations: [
    ...['benchmark-settings', 'nearest-word', 'parse-yaml', 'plain-value', 'problem', 'schema', 'schema-values'],
    'surroundings',
  ],
  inventory: [
    ...['host', 'host-key', 'jump-command', 'jump-hosts', 'locate-problem', 'nearest-word', 'node-set', 'parse-yaml'],
    ...['harmless-options', 'problem', 'pyyaml', 'schema-problems', 'shell-words', 'text-file'],
  ],
  selection: ['nearest-word', 'node-set', 'problem', 'schema-problems'],
  'ssh-config': [
    'file-version',
    'host',
    'jump-command',
    'jump-hosts',
    'problem',
    'ssh-settings',
    'surroundings',
    'text-file',
  ],
};

function refuseUnknownFolders(within, known) {
  const folders = readdirSync(join(import.meta.dirname, within), { withFileTypes: true });
  const unknown = folders.filter((entry) => entry.isDirectory() && !known.includes(entry.name));
  if (unknown.length > 0) throw new Error(`${within}/${unknown[0].name} is in no table of ${import.meta.filename}`);
}

refuseUnknownFolders('src', Object.keys(mayImport));
refuseUnknownFolders('src/config', Object.keys(inConfig));

function forbid(name, comment, from, to) {
  return { name, severity: 'error', comment, from, to };
}

const folders = Object.entries(mayImport).map(([folder, allowed]) =>
  forbid(
    `${folder}-imports-only`,
    `src/${folder} may import from ${allowed.join(', ') || 'nothing else'}.`,
    { path: `^src/${folder}/` },
    {
      path: '^src/',
      pathNot: [
        ...[folder, ...allowed].map((name) => `^src/${name}/`),
        // What wires the rest together: the worker, and the reading of a configuration with all that it needs.
        ...(folder === 'cli' ? ['^src/(worker|configuration)\\.ts$'] : []),
      ],
      ...(folder === 'workflows' ? { dependencyTypesNot: ['type-only'] } : {}),
    }
  )
);

const packages = Object.entries(mayUse).map(([folder, names]) =>
  forbid(
    `${folder}-uses-only`,
    `src/${folder} may use ${names.join(', ') || 'no package'}.`,
    { path: `^src/${folder}/` },
    { path: 'node_modules/', pathNot: names.map((name) => `node_modules/(@types/)?${name}/`) }
  )
);

const foldersOfConfig = Object.entries(inConfig).map(([folder, files]) =>
  forbid(
    `config-${folder}-needs-only`,
    `src/config/${folder} may import from ${files.join(', ')} of config, and from none of its other folders.`,
    { path: `^src/config/${folder}/` },
    { path: '^src/config/', pathNot: `^src/config/(${folder}/|(${files.join('|')})\\.ts$)` }
  )
);

export default {
  forbidden: [
    ...folders,
    ...packages,
    ...foldersOfConfig,
    forbid(
      'workflows-know-activities-as-types',
      'A workflow imports from outside domain and reports only the types of activities: a value would pull native code into its bundle.',
      { path: '^src/workflows/' },
      { path: '^src/', pathNot: '^src/(workflows|domain|reports|activities)/' }
    ),
    forbid(
      'inventories-are-of-the-configuration',
      'How an inventory is written is no business of whoever works with its servers.',
      { path: '^src/', pathNot: '^src/config/' },
      { path: '^src/config/inventory/' }
    ),
    forbid(
      'selection-looks-at-no-file',
      'What a run means follows from its input and the configuration alone.',
      { path: '^src/config/selection/' },
      { dependencyTypes: ['core'], pathNot: '^(node:)?crypto$' }
    ),
    forbid(
      'jobs-are-over-any-connection',
      'Jobs are given a shell. How it came to be, with keys, known hosts and jump hosts, they cannot know.',
      { path: '^src/ssh/jobs/' },
      { path: '^src/ssh/', pathNot: '^src/ssh/(jobs/|(connect|first-of|shell-exit)\\.ts$)' }
    ),
    forbid(
      'no-circular',
      'Files that need each other, were it only for a type, cannot be read one after another.',
      {},
      { circular: true, viaOnly: { dependencyTypesNot: ['dynamic-import'] } }
    ),
    forbid(
      'pure-folders-do-no-io',
      'domain, benchmarks, reports and workflows use nothing of Node: they run anywhere and are tested in milliseconds.',
      { path: '^src/(domain|benchmarks|reports|workflows)/' },
      { dependencyTypes: ['core'] }
    ),
    forbid(
      'src-never-imports-test',
      'The product does not depend on its tests.',
      { path: '^src/' },
      { path: '^test/' }
    ),
    forbid(
      'everything-resolves',
      'An import that leads nowhere hides from every other rule.',
      { path: '^src/' },
      { couldNotResolve: true }
    ),
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|coverage)/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
