/** What no name, address, account or group is: everything that a terminal, a shell or ssh would make something of. */
export const hostileValues = [
  'a\nb',
  'a b',
  '-oProxyCommand=x',
  '$(reboot)',
  '`x`',
  "a'b",
  'a"b',
  'a\u001b[2J',
  'a\u202eb',
  'a\u0000',
  '../x',
  'a;b',
  'x'.repeat(1_000_000),
];
