/**
 * The variables of a server's environment that scripts and benchmarks see: paths of programs and libraries, the account, and
 * the visible devices. All others are dropped, since settings of shells, coreutils and libraries change numbers: with
 * BLOCK_SIZE=1K `7431 ops/s` was read as 743, and OMP_NUM_THREADS=1 makes a server slow.
 */
export const keptVariables = [
  ...['PATH', 'HOME', 'USER', 'LOGNAME', 'SHELL', 'TZ', 'TMPDIR', 'XDG_STATE_HOME', 'XDG_RUNTIME_DIR'],
  'SSH_CONNECTION', // the measured address of the machine
  ...['LD_LIBRARY_PATH', 'CUDA_HOME', 'CUDA_PATH', 'ROCM_PATH', 'OCL_ICD_VENDORS', 'OCL_ICD_FILENAMES'],
  ...['CUDA_VISIBLE_DEVICES', 'NVIDIA_VISIBLE_DEVICES', 'CUDA_DEVICE_ORDER', 'CUDA_MPS_PIPE_DIRECTORY'],
  ...['ROCR_VISIBLE_DEVICES', 'HIP_VISIBLE_DEVICES', 'GPU_DEVICE_ORDINAL', 'ZE_AFFINITY_MASK'],
  'FLEETMARK_MARKS', // by which the demo finds the processes of its servers
];

/**
 * The only command line that is sent. Scripts and data go to its standard input, which has no length limit and is not in
 * the process list. Every login shell reads single quotes the same way, without backslashes and exclamation marks.
 */
export const SHELL_COMMAND_LINE = `exec /bin/sh -c '${[
  'PATH=${PATH:+$PATH:}/usr/bin:/bin;',
  'exec env -i',
  // An empty variable, such as CUDA_VISIBLE_DEVICES, differs from an unset one.
  ...keptVariables.map((name) => `\${${name}+"${name}=$${name}"}`),
  'LC_ALL=C /bin/sh -s',
].join(' ')}'`;
