import { expect, test } from 'vitest';
import { missingGpus } from '../../../src/domain/measurements/missing-gpus.ts';

const gpus = ['01', '41'].map(
  (bus) => ({ address: `0000:${bus}:00.0`, vendor: 'nvidia', model: 'NVIDIA A100' }) as const
);
const [first, second] = gpus.map(({ address }, device) => {
  return { device, address, uuid: null, name: 'NVIDIA A100', isPartitioned: false };
});

test('nothing is missing if all were measured', () => {
  expect(missingGpus({ gpus }, [first!, second!], 'clpeak')).toBeNull();
});

test('a missing GPU is named, with the variables that may hide it', () => {
  const message = 'the kernel shows 2 GPUs, clpeak measured 1: 0000:41:00.0 (NVIDIA A100) missing';
  expect(missingGpus({ gpus }, [first!], 'clpeak')).toEqual({ type: 'DeviceMissing', message });
  const hidden = { gpus, hidesDevices: ['CUDA_VISIBLE_DEVICES=0'] };
  expect(missingGpus(hidden, [first!], 'clpeak')?.message).toBe(
    `${message}; its environment sets CUDA_VISIBLE_DEVICES=0`
  );
});

test('on a machine without a GPU to measure, the others are named', () => {
  const otherGpus = [{ address: '0000:09:00.0', vendorId: '1002', name: 'AMD 1002:164e', why: 'integrated' }];
  expect(missingGpus({ gpus: [] }, [], 'clpeak')?.message).toBe('no GPU: clpeak found none');
  expect(missingGpus({ gpus: [], otherGpus }, [], 'clpeak')?.message).toBe(
    'no GPU: clpeak found none; not measured: 0000:09:00.0 AMD 1002:164e (integrated)'
  );
  expect(missingGpus({ gpus: [] }, [first!], 'clpeak')).toBeNull();
});

test('of many missing GPUs, eight are named', () => {
  const many = Array.from({ length: 16 }, (_, bus) => ({ address: `0000:${bus + 10}:00.0`, vendor: 'amd' }) as const);
  expect(missingGpus({ gpus: many }, [], 'clpeak')?.message).toMatch(/0000:17:00\.0 and 8 more \(AMD 1002\) missing$/);
});
