/**
 * The variables that scripts and benchmarks on a server keep of its environment: where programs and libraries are, whose
 * account it is, and which devices it shows. Every other one is dropped, since settings of shells, coreutils and
 * libraries change numbers: with BLOCK_SIZE=1K `7431 ops/s` was read as 743, and OMP_NUM_THREADS=1 makes a server slow.
 */
export const keptVariables = [
  ...['PATH', 'HOME', 'USER', 'LOGNAME', 'SHELL', 'TZ', 'TMPDIR', 'XDG_STATE_HOME', 'XDG_RUNTIME_DIR'],
  'SSH_CONNECTION', // which address of the machine it is that is measured
  ...['LD_LIBRARY_PATH', 'CUDA_HOME', 'CUDA_PATH', 'ROCM_PATH', 'OCL_ICD_VENDORS', 'OCL_ICD_FILENAMES'],
  ...['CUDA_VISIBLE_DEVICES', 'NVIDIA_VISIBLE_DEVICES', 'CUDA_DEVICE_ORDER', 'CUDA_MPS_PIPE_DIRECTORY'],
  ...['ROCR_VISIBLE_DEVICES', 'HIP_VISIBLE_DEVICES', 'GPU_DEVICE_ORDINAL', 'ZE_AFFINITY_MASK'],
  'FLEETMARK_MARKS', // by which the demo finds the processes of its servers
];

/**
 * The one command line that we ever send: scripts and data go to its standard input, which has no limit of length, is
 * not in the process list, and means the same in every login shell. What stands in single quotes does, too, as long as
 * it has no backslash and no exclamation mark.
 */
export const SHELL_COMMAND_LINE = `exec /bin/sh -c '${[
  'PATH=${PATH:+$PATH:}/usr/bin:/bin;',
  'exec env -i',
  // A variable that is set and empty, such as CUDA_VISIBLE_DEVICES, means something else than one that is not set.
  ...keptVariables.map((name) => `\${${name}+"${name}=$${name}"}`),
  'LC_ALL=C /bin/sh -s',
].join(' ')}'`;
