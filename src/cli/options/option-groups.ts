/** Headings of options in the help, the same on every verb. */
export const groups = {
  servers: 'Which servers:',
  measuring: 'What is measured:',
  start: 'How it starts:',
  output: 'Output:',
  files: 'Files (-: standard output, instead of the text):',
} as const;
