export function pythonEnvironment(
  packages: Readonly<Record<string, string>>,
  isComplete: (folder: string) => boolean
): string | null;
