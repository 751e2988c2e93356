/** PostgreSQL has no NUL in a text. */
export function storable<Text extends string | null>(text: Text): Text {
  return (text === null ? null : text.replaceAll('\0', '\uFFFD')) as Text;
}
