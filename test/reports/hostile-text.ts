import fc from 'fast-check';

const hostileCharacter = [
  ...['\n', '\r\n', '\r', '\t', '\0', '\u0085', '\u2028', '\u2029', '\v', '\f'],
  ...['\u001b[2J', '\u001b]0;title\u0007', '\u009b31m', '\u202e', '\u2066', '\u200b', '\ufeff', '\ud800', '\udc00'],
  ...['|', '\\', '\\|', '`', '```', '<script>', '&lt;', '](http://x)', '![', '**', '~~', '#', '@all', 'www.x.y', '$'],
  ...['東京', '👩‍👩‍👧', 'é', '\u{10ffff}', "'", '"', ': ', '# ', '- ', '{', '%'],
];

/** Answers that break a report: line ends, terminal controls, markup, wide and invalid characters. */
export const hostileText: fc.Arbitrary<string> = fc
  .array(fc.oneof(fc.constantFrom(...hostileCharacter), fc.string({ maxLength: 8 })), { maxLength: 12 })
  .map((parts) => parts.join(''));
