import { quotedName } from '../../source/problem.ts';
import { mostCharacters } from '../../source/text-file.ts';
import { AMBIGUOUS } from '../../source/yaml/ambiguous-scalar.ts';
import { isTemplate } from './ansible-variables.ts';
import type { Variables } from './ansible-variables.ts';

const reference = /\{\{\s*([A-Za-z_]\w{0,99})\s*\}\}/g;

/** A variable that names another one, and so on. */
const deepest = 10;
/** Of one text, with all that they lead to: ten levels of ten each would never end. */
const maxReferences = 1_000;

/** The variables that a text of an inventory, or of a file beside it, refers to anywhere. */
export function namesInTemplates(text: string): string[] {
  return [...text.matchAll(reference)].map(([, name]) => name!);
}

/**
 * Fills in plain references, `{{ rack }}-{{ inventory_hostname }}`, with what the same host has under these names. What
 * else Jinja can do is for Ansible alone.
 * @param facts what Ansible itself knows of a host, such as its name
 */
export function fillIn(
  template: string,
  variables: Variables,
  facts: ReadonlyMap<string, string>,
  depth = 0,
  references = { left: maxReferences }
): { text: string } | { wrong: string } {
  if (isTemplate(template.replace(reference, ''))) {
    return { wrong: 'is a template with more than names of variables, which only Ansible can fill in' };
  }
  if (depth > deepest) return { wrong: 'is a template that leads to itself' };
  let wrong: string | null = null;
  const text = template.replace(reference, (_, name: string) => {
    if (wrong !== null) return '';
    references.left -= 1;
    if (references.left < 0) {
      wrong = `is a template that leads to more than ${maxReferences} others`;
      return '';
    }
    const filled = valueOf(name, variables, facts, { depth, references });
    if ('wrong' in filled) wrong ??= filled.wrong;
    return 'text' in filled ? filled.text : '';
  });
  return wrong === null ? { text } : { wrong };
}

function valueOf(
  name: string,
  variables: Variables,
  facts: ReadonlyMap<string, string>,
  { depth, references }: { depth: number; references: { left: number } }
): { text: string } | { wrong: string } {
  const fact = facts.get(name);
  if (fact !== undefined) return { text: fact };
  const value = variables.get(name)?.value ?? null;
  if (typeof value === 'number' && Number.isSafeInteger(value)) return { text: String(value) };
  const shown = quotedName(name);
  if (typeof value === 'string') {
    if (value.length > mostCharacters) return { wrong: `is a template with ${shown}, which is too long` };
    return isTemplate(value) ? fillIn(value, variables, facts, depth + 1, references) : { text: value };
  }
  if (value === null) return { wrong: `is a template with ${shown}, which is no variable of this host` };
  if (value === AMBIGUOUS) return { wrong: `is a template with ${shown}, which needs quotes` };
  const isVaulted = typeof value === 'object' && '__ansible_vault' in value;
  const what = isVaulted ? 'encrypted with Ansible Vault' : 'neither a text nor a whole number';
  return { wrong: `is a template with ${shown}, which is ${what}` };
}
