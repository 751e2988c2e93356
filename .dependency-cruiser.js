/** Who may import whom: the table of the design, as rules. `npm run check` runs them. */
const mayImport = {
  domain: [],
  benchmarks: ['domain'],
  reports: ['domain'],
  logging: ['domain'],
  ssh: ['domain', 'logging'],
  config: ['domain', 'logging'],
  workflows: ['domain', 'reports'],
  activities: ['domain', 'benchmarks', 'ssh', 'config', 'reports', 'logging'],
  local: ['domain', 'config', 'logging'],
};

const folders = Object.entries(mayImport).map(([folder, allowed]) => ({
  name: `${folder}-imports-only`,
  severity: 'error',
  comment: `src/${folder} may import from ${allowed.join(', ') || 'nothing else'}.`,
  from: { path: `^src/${folder}/` },
  to: {
    path: '^src/',
    pathNot: [folder, ...allowed].map((name) => `^src/${name}/`),
    ...(folder === 'workflows' ? { dependencyTypesNot: ['type-only'] } : {}),
  },
}));

function forbid(name, comment, from, to) {
  return { name, severity: 'error', comment, from, to };
}

export default {
  forbidden: [
    ...folders,
    forbid(
      'workflows-know-activities-as-types',
      'A workflow imports from outside domain and reports only the types of activities: a value would pull native code into its bundle.',
      { path: '^src/workflows/' },
      { path: '^src/', pathNot: '^src/(workflows|domain|reports|activities)/' }
    ),
    forbid(
      'cli-reaches-servers-through-the-worker',
      'The command line opens no SSH connection and knows no tool: the worker does.',
      { path: '^src/cli/' },
      { path: '^src/(ssh|benchmarks)/' }
    ),
    forbid(
      'no-circular',
      'Files that need each other to load cannot be read one after another. Types may refer to each other.',
      {},
      { circular: true, viaOnly: { dependencyTypesNot: ['type-only', 'dynamic-import'] } }
    ),
    forbid(
      'pure-folders-do-no-io',
      'domain, benchmarks, reports and workflows use nothing of Node: they run anywhere and are tested in milliseconds.',
      { path: '^src/(domain|benchmarks|reports|workflows)/' },
      { dependencyTypes: ['core'] }
    ),
    forbid(
      'domain-has-no-dependencies',
      'The vocabulary depends on nothing.',
      { path: '^src/(domain|benchmarks)/' },
      { path: 'node_modules/' }
    ),
    forbid(
      'workflows-use-only-the-sdk',
      'Workflow code is bundled: it may use @temporalio/workflow and @temporalio/common only.',
      { path: '^src/workflows/' },
      { path: 'node_modules/', pathNot: 'node_modules/@temporalio/(workflow|common)/' }
    ),
    forbid(
      'ssh2-only-where-connections-are',
      'Only src/ssh opens connections; src/local serves them to the demo.',
      { path: '^src/', pathNot: '^src/(ssh|local)/' },
      { path: 'node_modules/(@types/)?ssh2/' }
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
