import { MAX_VALUE_LENGTH } from '../../source/text-file.ts';

/** The settings of an ansible.cfg, by `section.key`. */
export interface IniSettings {
  settings: ReadonlyMap<string, { value: string; line: number }>;
  mistake: { line: number; message: string } | null;
}

/**
 * Reads like the configparser of Python, as Ansible uses it: `key = value` or `key: value`, keys in any case, `;` for
 * comments, also after a value, indented continuation lines, and no duplicates.
 */
export function readIniSettings(text: string): IniSettings {
  const settings = new Map<string, { value: string; line: number }>();
  const sections = new Set<string>();
  let section: string | null = null;
  let current: { value: string; line: number } | null = null;
  const mistake = (line: number, message: string): IniSettings => ({ settings: new Map(), mistake: { line, message } });

  for (const [index, raw] of text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    const line = index + 1;
    if (raw.length > MAX_VALUE_LENGTH) return mistake(line, `is longer than ${MAX_VALUE_LENGTH} characters`);
    const isComment = /^\s*[#;]/.test(raw);
    const written = isComment ? '' : raw.replace(/\s;.*$/, '').trimEnd();
    if (written.trim() === '') continue;
    if (/^\s/.test(written) && current !== null) {
      current.value += `\n${written.trim()}`;
      continue;
    }
    const [, header] = /^\[(.+)\]/.exec(written.trim()) ?? [];
    const [, key, value] = /^(.*?)\s*[=:]\s*(.*)$/.exec(written.trim()) ?? [];
    current = null;
    if (header !== undefined) {
      if (sections.has(header)) return mistake(line, 'has a duplicate section');
      section = header;
      sections.add(header);
    } else if (section === null) return mistake(line, 'has a setting before the first section');
    else if (key === undefined || value === undefined) return mistake(line, 'is neither a section nor key = value');
    else {
      const name = `${section}.${key.toLowerCase()}`;
      if (settings.has(name)) return mistake(line, 'has a duplicate key');
      current = { value, line };
      settings.set(name, current);
    }
  }
  for (const setting of settings.values()) setting.value = unquoted(setting.value);
  return { settings, mistake: null };
}

function unquoted(value: string): string {
  return /^(["'])(.*[^\\])\1$/s.exec(value)?.[2] ?? value;
}
