import { quotedName } from '../../source/problem.ts';
import { MAX_VALUE_LENGTH } from '../../source/text-file.ts';
import { AMBIGUOUS } from '../../source/yaml/ambiguous-scalar.ts';
import { MERGED_TWICE } from './yaml-map.ts';
import { isTemplate, type Variables } from './ansible-variables.ts';

const REFERENCE = /\{\{\s*([A-Za-z_]\w{0,99})\s*\}\}/g;

/** For one value, nested references included: ten levels of ten each would never end. */
const MAX_REFERENCES = 1_000;

/** The names of all variables that templates in a text refer to. */
export function namesInTemplates(text: string): string[] {
  return [...text.matchAll(REFERENCE)].map(([, name]) => name!);
}

/**
 * Replaces plain references such as `{{ rack }}-{{ inventory_hostname }}` by variables of the same host. Any other Jinja
 * expression is an error.
 */
export function fillIn(
  template: string,
  variables: Variables,
  references = { left: MAX_REFERENCES }
): { text: string } | { wrong: string } {
  if (isTemplate(template.replace(REFERENCE, ''))) {
    return { wrong: 'is a template with more than {{ name }}; write the value instead' };
  }
  let wrong: string | null = null;
  const text = template.replace(REFERENCE, (_, name: string) => {
    if (wrong !== null) return '';
    references.left -= 1;
    const filled = valueOf(name, variables, references);
    if ('text' in filled) return filled.text;
    wrong = filled.wrong;
    return '';
  });
  return wrong === null ? { text } : { wrong };
}

function valueOf(
  name: string,
  variables: Variables,
  references: { left: number }
): { text: string } | { wrong: string } {
  if (references.left < 0)
    return { wrong: `is a template that refers to itself, or to more than ${MAX_REFERENCES} others` };
  const value = variables.get(name)?.value ?? null;
  const which = `is a template with ${quotedName(name)}, which`;
  if (value === null) return { wrong: `${which} is not set for this host` };
  const plain = plainText(value);
  if ('wrong' in plain) return { wrong: `${which} ${plain.wrong}` };
  return plain.isTemplate ? fillIn(plain.text, variables, references) : plain;
}

/** The text of a value. A value that is marked as unsafe is never a template. */
export function plainText(value: unknown): { text: string; isTemplate: boolean } | { wrong: string } {
  if (value === MERGED_TWICE) return { wrong: 'is in two merged maps, and YAML libraries differ in which one counts' };
  if (value === AMBIGUOUS) return { wrong: 'needs quotes: YAML 1.1, YAML 1.2 and Python read it differently' };
  if (typeof value === 'string') {
    return value.length > MAX_VALUE_LENGTH ? { wrong: 'is too long' } : { text: value, isTemplate: isTemplate(value) };
  }
  if (typeof value === 'number' && Number.isSafeInteger(value)) return { text: String(value), isTemplate: false };
  const marked = typeof value === 'object' && value !== null ? value : {};
  if ('__ansible_vault' in marked) return { wrong: 'is encrypted with Ansible Vault' };
  if ('__ansible_unsafe' in marked) {
    const unsafe = plainText(marked.__ansible_unsafe);
    return { ...unsafe, isTemplate: false };
  }
  return { wrong: 'is neither a string nor a whole number' };
}
