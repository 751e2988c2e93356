/** The environment of a user without Temporal, ssh-agent and settings, and without the test run around it. */
export function bareEnvironment(variables: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const outer = Object.entries(process.env).filter(
    ([name]) => !/^(TEMPORAL_|FLEETMARK_|XDG_|SSH_|VITEST|npm_|NODE_ENV$|NODE_OPTIONS$|CI$)/i.test(name)
  );
  return { ...Object.fromEntries(outer), ...variables };
}
