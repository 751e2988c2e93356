import type { Gpu } from '../domain/machine.ts';
import { shellQuote } from '../domain/shell.ts';
import { printable } from '../domain/untrusted.ts';

const vendors: Record<string, Gpu['vendor']> = { '0x10de': 'nvidia', '0x1002': 'amd' };

/** More than any machine has: what a server says must not fill a history. */
const MOST_GPUS = 64;

/**
 * The part of a script (POSIX sh) that says which GPUs the kernel shows and how they are called, by the function `say`
 * of the script: `gpu=<PCI address> <vendor> <device> <name>`. The name comes from the driver's own files in /proc and
 * /sys (https://docs.kernel.org/gpu/amdgpu/driver-misc.html); only where they are silent, nvidia-smi and lspci are asked,
 * for 10 seconds at most each: with a GPU that hangs they may never answer.
 * @param root - prefix of /proc and /sys, for tests
 */
export function gpuModelsScript(root: string): string {
  const at = (path: string): string => shellQuote(`${root}${path}`);
  return `
nameless=
for device in ${at('/sys/bus/pci/devices')}/*; do
  [ -r "$device/vendor" ] && [ -r "$device/class" ] || continue
  read -r vendor <"$device/vendor"
  read -r class <"$device/class"
  case $vendor:$class in
    0x10de:0x03*|0x10de:0x12*|0x1002:0x03*|0x1002:0x12*) ;;
    *) continue ;;
  esac
  id= name=
  [ -r "$device/device" ] && read -r id <"$device/device"
  name=$(first 's/^Model:[[:space:]]*//p' ${at('/proc/driver/nvidia/gpus')}/"\${device##*/}"/information)
  [ -z "$name" ] && [ -r "$device/product_name" ] && read -r name <"$device/product_name"
  say gpu "\${device##*/} $vendor \${id:-?} $name"
  [ -n "$name" ] || nameless="$nameless $vendor"
done
within_10_seconds() {
  command -v timeout >/dev/null && command -v "$1" >/dev/null && timeout -s KILL 10 "$@" 2>/dev/null </dev/null | head -n ${2 * MOST_GPUS}
}
case $nameless in
  *0x10de*) within_10_seconds nvidia-smi --query-gpu=pci.bus_id,name --format=csv,noheader | sed 's/^/nvidia_smi=/' ;;
esac
case $nameless in
  *0x*) for vendor in 10de 1002; do within_10_seconds lspci -D -mm -d "$vendor:" | sed 's/^/lspci=/'; done ;;
esac`;
}

/** @param all - the answers of the script with this key, in their order */
export function readGpus(all: (key: string) => readonly string[]): Gpu[] {
  // The last one counts, and what nvidia-smi says is more exact than the list of PCI ids.
  const names = new Map([...all('lspci').flatMap(readLspci), ...all('nvidia_smi').flatMap(readNvidiaSmi)]);
  return all('gpu')
    .slice(0, MOST_GPUS)
    .flatMap((answer): Gpu[] => {
      const [address = '', vendorId = '', id = '', ...name] = answer.split(' ');
      const vendor = Object.hasOwn(vendors, vendorId) ? vendors[vendorId] : undefined;
      if (!vendor || !/^[0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]$/.test(address)) return [];
      const deviceId = /^0x([0-9a-f]{4})$/.exec(id)?.[1] ?? null;
      return [{ address, vendor, deviceId, model: modelName(name.join(' ')) ?? names.get(placeOf(address)) ?? null }];
    });
}

/** `00000000:17:00.0, NVIDIA H100 80GB HBM3` */
function readNvidiaSmi(line: string): [string, string][] {
  const [, address = '', text = ''] = /^([0-9A-Fa-f:.]{7,20}), *(.*)$/.exec(line) ?? [];
  const name = modelName(text);
  return name === null ? [] : [[placeOf(address), name]];
}

/** `0000:17:00.0 "3D controller" "NVIDIA Corporation" "GH100[H100 SXM5 80GB]" -ra1 ...`, as `lspci -mm` quotes. */
function readLspci(line: string): [string, string][] {
  const [, address = '', vendor = '', text = ''] =
    /^([0-9a-f:.]{7,20}) "[^"]{0,200}" "([^"]{0,200})" "([^"]{0,200})"/.exec(line) ?? [];
  // A device that the list of PCI ids lacks is "Device 2330", which is no name.
  const name = /^Device [0-9a-f]{4}$/.test(text) ? null : modelName(text);
  return name === null ? [] : [[placeOf(address), `${vendor.startsWith('NVIDIA') ? 'NVIDIA' : 'AMD'} ${name}`]];
}

/** sysfs writes the domain with 4 digits, nvidia-smi with 8, in capitals. */
function placeOf(address: string): string {
  return address.toLowerCase().replace(/^0*(?=[0-9a-f]{4}:[0-9a-f]{2}:)/, '');
}

function modelName(text: string): string | null {
  return printable(text, 100) || null;
}
