/** Who may import whom: the table of the design, as rules. `npm run check` runs them. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const mayImport = {
  domain: [],
  benchmarks: ['domain'],
  outputs: ['domain'],
  reports: ['domain'],
  logging: ['domain'],
  waiting: [],
  blocking: ['domain', 'waiting'],
  processes: ['domain'],
  source: ['domain', 'blocking'],
  inventory: ['domain', 'processes', 'source'],
  config: ['domain', 'blocking', 'source', 'inventory'],
  'ssh-config': ['domain', 'logging', 'blocking', 'processes', 'source', 'config'],
  ssh: ['domain', 'logging', 'waiting', 'blocking', 'processes', 'source'],
  store: ['domain'],
  actions: ['domain', 'reports', 'processes', 'source'],
  workflows: ['domain', 'reports'],
  activities: ['domain', 'benchmarks', 'outputs', 'ssh', 'inventory', 'reports', 'logging', 'waiting'],
  worker: [
    ...['domain', 'benchmarks', 'logging', 'waiting', 'processes', 'source', 'config', 'ssh-config', 'ssh', 'store'],
    ...['actions', 'activities'],
  ],
  temporal: ['domain', 'logging', 'waiting', 'processes', 'config'],
  demo: ['domain', 'logging', 'processes'],
  cli: [
    ...['domain', 'reports', 'outputs', 'logging', 'source', 'inventory', 'config', 'processes', 'temporal', 'demo'],
    ...['waiting', 'store', 'worker'],
  ],
};

/** The packages that each folder may use. A new package is a decision, and belongs in this table. */
const mayUse = {
  domain: [],
  benchmarks: [],
  outputs: ['jsonpath-rfc9535', 'yaml'],
  reports: ['diff', 'pretty-ms', 'fast-string-width'],
  logging: ['pino', '@temporalio/worker'],
  waiting: [],
  blocking: [],
  processes: [],
  source: ['yaml', 'zod'],
  inventory: ['yaml', 'zod'],
  config: ['jsonpath-rfc9535', 'yaml', 'zod'],
  'ssh-config': ['p-limit'],
  ssh: ['ssh2'],
  store: ['kysely', 'libsql', 'pg'],
  actions: [],
  workflows: ['@temporalio/common', '@temporalio/workflow'],
  activities: ['@temporalio/activity', '@temporalio/common', '@temporalio/worker'],
  worker: ['@temporalio/worker'],
  temporal: ['@temporalio/client', '@temporalio/common', '@temporalio/testing'],
  demo: ['ssh2', 'yaml'],
  cli: [
    ...['@temporalio/client', '@temporalio/common', '@temporalio/envconfig', '@temporalio/worker'],
    ...['@commander-js/extra-typings', 'commander', 'log-update'],
  ],
};

/** The folders of a folder, each of which imports from those before it alone. `.` is the files that are in none. */
const inOrder = {
  domain: [
    ...['values', 'failures', 'servers', 'jobs', 'checks', 'measurements', 'verdicts'],
    ...['actions', 'plans', 'reports', 'records', 'baselines'],
  ],
  source: ['.', 'hosts', 'yaml'],
  inventory: ['entries', 'ansible', '.', 'selection'],
  config: ['schema', 'expectations', '.'],
  ssh: ['keys', 'host-keys', 'connections', 'server-scripts', 'jobs', '.'],
  reports: ['.', 'runs', 'messages', 'checks', 'html', 'exports', 'listings'],
  cli: [
    ...['terminal', 'temporal', 'monitoring', 'options', 'baseline', 'runs', 'schedules', 'demo', 'completion'],
    ...['verbs', 'commands', 'help', '.'],
  ],
};

function refuseUnknownFolders(within, known) {
  const folders = readdirSync(join(import.meta.dirname, within), { withFileTypes: true });
  const unknown = folders.filter((entry) => entry.isDirectory() && !known.includes(entry.name));
  if (unknown.length > 0) throw new Error(`${within}/${unknown[0].name} is in no table of ${import.meta.filename}`);
}

refuseUnknownFolders('src', Object.keys(mayImport));
for (const [folder, inside] of Object.entries(inOrder)) refuseUnknownFolders(`src/${folder}`, inside);

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
      pathNot: [...[folder, ...allowed].map((name) => `^src/${name}/`)],
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

const layers = Object.entries(inOrder).flatMap(([folder, inside]) =>
  inside.map((name, index) => {
    const allowed = inside.slice(0, index + 1);
    const place = (each) => (each === '.' ? `^src/${folder}/[^/]+$` : `^src/${folder}/${each}/`);
    return forbid(
      `${folder}-${name}-imports-only`,
      `In src/${folder} a folder imports from those before it: ${inside.join(', ')}.`,
      { path: place(name) },
      { path: `^src/${folder}/`, pathNot: allowed.map(place) }
    );
  })
);

export default {
  forbidden: [
    ...folders,
    ...packages,
    ...layers,
    forbid(
      'workflows-know-activities-as-types',
      'A workflow imports from outside domain and reports only the types of activities: a value would pull native code into its bundle.',
      { path: '^src/workflows/' },
      { path: '^src/', pathNot: '^src/(workflows|domain|reports|activities)/' }
    ),
    forbid(
      'inventories-are-of-the-configuration',
      'Only inventory and config know the format of an inventory; other folders use its servers.',
      { path: '^src/', pathNot: '^src/(inventory|config)/' },
      { path: '^src/inventory/', pathNot: '^src/inventory/(selection|entries)/' }
    ),
    forbid(
      'selection-looks-at-no-file',
      'The selection depends only on the input and the configuration, never on files.',
      { path: '^src/inventory/selection/' },
      { dependencyTypes: ['core'] }
    ),
    forbid(
      'jobs-are-over-any-connection',
      'Jobs use a given shell. They do not depend on keys, known hosts and jump hosts.',
      { path: '^src/ssh/jobs/' },
      { path: '^src/ssh/', pathNot: '^src/ssh/(jobs/|server-scripts/|connections/(connect|channel|shell-exit)\\.ts$)' }
    ),
    forbid(
      'no-circular',
      'Files that import each other, even as types or by import(), cannot be read one after another.',
      {},
      { circular: true }
    ),
    forbid(
      'pure-folders-do-no-io',
      'domain, benchmarks, reports and workflows do not use Node modules, so their tests take milliseconds.',
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
      'The other rules cannot see an import that does not resolve.',
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
