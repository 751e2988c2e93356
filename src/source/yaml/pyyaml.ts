import type { Tags } from 'yaml';

/** Texts to PyYAML, which Ansible reads YAML with, and not to YAML 1.1: `y`, `09`, `1e3`, `1.5e3`, `08:30`, `-.5`. */
const texts = [
  '[ynYN]',
  String.raw`[-+]?0[\d_]*[89][\d_]*`,
  String.raw`[-+]?[\d_]*(?:[eE][-+]?\d+|\.[\d_]*[eE]\d+)`,
  String.raw`[-+]?0[\d_]*(?::[0-5]?\d)+`,
  String.raw`[-+]\.[\d_]*|\.(?:_[\d_]*)?`,
].join('|');

/**
 * The tags of YAML 1.1 with the rules of resolver.py of PyYAML for what has no quotes. A number with a point is its text
 * in an object: `1.0` is a whole number here, and not in Python, where it is written as `1.0` again.
 */
export function tagsOfPyYaml(tags: Tags): Tags {
  return tags.map((tag) => {
    if (typeof tag === 'string' || !('test' in tag) || tag.test === undefined) return tag;
    const test = new RegExp(`^(?!(?:${texts})$)(?:${tag.test.source})`);
    return tag.tag.endsWith(':float') ? { ...tag, test, resolve: (float) => ({ float }) } : { ...tag, test };
  });
}
