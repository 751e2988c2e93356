export function ansibleEnvironment(): string | null;
