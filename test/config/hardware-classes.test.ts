import { describe, expect, test } from 'vitest';
import { problems, read } from '../support/read-configuration.ts';

const measured = 'expect: { default: { gpu.devices: { min: 8 } } }';

async function classesOf(...args: Parameters<typeof read>): Promise<Record<string, string | null>> {
  const { servers } = await read(...args);
  return Object.fromEntries([...servers.values()].map(({ serverId, hardwareClass }) => [serverId, hardwareClass]));
}

describe('before connecting', () => {
  const servers = `servers:
  a: { class: mine, groups: [gpu, rack-1] }
  b: { groups: [rack-1, gpu, gpu] }
  c:
`;

  test('a server has its own class, otherwise that of its groups', async () => {
    const text = `${servers}classes: { h100x8: { groups: [gpu] } }`;
    expect(await classesOf(text)).toEqual({ a: 'mine', b: 'h100x8', c: 'default' });
    expect((await read(text)).servers.get('b')!.groups).toEqual(['gpu', 'rack-1']);
  });

  test('all other servers have no class yet if a class is detected, otherwise default', async () => {
    const detect = "detect: { gpuModel: '*H100*', gpus: 8, cpus: { min: 100 }, memoryGib: { min: 500 } }";
    const text = `${servers}classes: { h100x8: { groups: [gpu], ${detect} } }`;
    expect(await classesOf(text)).toEqual({ a: 'mine', b: 'h100x8', c: null });
    expect(await classesOf(`${text}\n${measured}`)).toMatchObject({ c: null }); // may become the class `default`
    const memory = { min: 500 };
    expect((await read(text)).classes).toEqual([
      {
        ...{ name: 'h100x8', groups: ['gpu'] },
        detect: { gpuModel: '*H100*', gpus: { min: 8, max: 8 }, cpus: { min: 100 }, memoryGib: memory },
      },
    ]);
  });

  test('an Ansible inventory sets groups, and classes with fleetmark_class', async () => {
    const hosts =
      '[gpu]\na\nb fleetmark_class=mine\n[old:children]\nolder\n[older]\nc\n[older:vars]\nfleetmark_class=old1\n';
    const text = 'inventory: hosts.ini\nclasses: { h100x8: { groups: [gpu] } }';
    expect(await classesOf(text, { files: { 'hosts.ini': hosts } })).toEqual({ a: 'h100x8', b: 'mine', c: 'old1' });
    const wrong = 'a fleetmark_class="a b"\n';
    expect(await problems('inventory: hosts.ini', { files: { 'hosts.ini': wrong } })).toEqual([
      'hosts.ini:1: a: fleetmark_class "a b" is not a valid class name',
    ]);
  });
});

const one = 'servers: { a: { class: h100x8, groups: [gpu] }, b: { groups: [cpu] } }\n';

describe('each of these is refused in one line', () => {
  test.each([
    [
      `${one}expect: { h100x9: { gpu.devices: { min: 8 } } }`,
      '2:11: expect.h100x9: no server has this class; did you mean "h100x8"?',
    ],
    [
      `servers: { a: { class: mine } }\n${measured}`,
      '2:11: expect.default: no server has this class: every server has another class',
    ],
    [
      `${one}classes: { x: { groups: [cpus] } }`,
      '2:26: classes.x.groups[0]: no server is in the group "cpus"; did you mean "cpu"?',
    ],
    [
      `${one}classes: { x: { groups: [cpus] } }\nexpect: { x: { gpu.devices: { min: 8 } } }`,
      '2:26: classes.x.groups[0]: no server is in the group "cpus"; did you mean "cpu"?',
    ],
    [
      `${one}classes: { x: }`,
      '2:12: classes.x: no server has this class: add groups or detect, or name it as the class of a server',
    ],
    [
      `${one}classes: { x: { groups: [gpu] } }`,
      '2:12: classes.x: no server has this class: the servers in its groups have a class of their own, or match a class above it',
    ],
    [
      `servers: { a: { class: y } }\nclasses: { x: { detect: { gpus: 1 } } }`,
      '2:12: classes.x: no server has this class: every server has a class already, by its own class or its groups',
    ],
    [`${one}classes: { default: }`, '2:12: classes.default: is reserved: it is the class of all other servers'],
    [
      `${one}classes: { "10": }`,
      '2:12: classes.10: is not a valid class name: letters, digits, ".", "_" and "-", at most 60 characters',
    ],
    [`${one}classes: { x: { detect: {} } }`, '2:25: classes.x.detect: must have a criterion, such as { cpus: 2 }'],
    [
      `${one}classes: { x: { detect: { gpuModle: a } } }`,
      '2:27: classes.x.detect.gpuModle: unknown key; did you mean "gpuModel"?',
    ],
    [
      `${one}classes: { x: { detect: { gpus: many } } }`,
      '2:33: classes.x.detect.gpus: must be a number, or a range such as { min: 8 }',
    ],
    [
      `${one}classes: { x: { detect: { memoryGib: { min: 2, max: 1 } } } }`,
      '2:38: classes.x.detect.memoryGib: has a min above its max',
    ],
    [
      `${one}classes: { x: { detect: { memoryGib: 512 } } }`,
      '2:38: classes.x.detect.memoryGib: must be a range such as { min: 500 }: the system reports less than is installed',
    ],
    [
      `${one}requireExpectations: yes please`,
      '2:22: requireExpectations: must be true or false, not the string "yes please"',
    ],
  ])('%j', async (text, message) => {
    expect(await problems(text)).toEqual([`fleetmark.yaml:${message}`]);
  });
});

test('classes are not checked if the servers are invalid', async () => {
  const text =
    'servers: { a: { prot: 1 } }\nclasses: { x: { groups: [gpu] } }\nexpect: { y: { gpu.devices: { min: 8 } } }';
  expect(await problems(text)).toEqual(['fleetmark.yaml:1:17: servers.a.prot: unknown key; did you mean "port"?']);
});

test('expectations may use a class that a server names, or that may be detected', async () => {
  const expected = 'expect: { h100x8: { gpu.devices: { min: 8 } }, x: { gpu.devices: { min: 1 } } }\n';
  const { expect: read_ } = await read(`${one}${expected}classes: { x: { detect: { gpus: { min: 1 } } } }`);
  expect(Object.keys(read_)).toEqual(['default', 'h100x8', 'x']);
});
