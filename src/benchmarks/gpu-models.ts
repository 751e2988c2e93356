import type { PciGpu } from '../domain/servers/choose-gpus.ts';
import { comparePciAddresses, readPciAddress } from '../domain/servers/pci-address.ts';
import { shellQuote } from '../domain/jobs/shell.ts';
import { printable } from '../domain/values/untrusted.ts';

/** Far more than any machine has. Limits the output of a server in the workflow history. */
export const MAX_GPUS = 64;

/**
 * The part of a script (POSIX sh) that lists the display controllers and accelerators that the kernel shows, without
 * virtual functions. It prints them with the function `say` of the script:
 * `gpu=<PCI address> <vendor> <device> <class> <flags> <name>`. Name and UUID come from the driver's files in /proc and
 * /sys (https://docs.kernel.org/gpu/amdgpu/driver-misc.html), as in nvidia-smi and rocm-smi. If a name is missing, the
 * script runs nvidia-smi and lspci for at most 10 seconds each, because they can hang on a broken GPU.
 * @param root - prefix of /proc and /sys, for tests
 */
export function gpuModelsScript(root: string): string {
  const at = (path: string): string => shellQuote(`${root}${path}`);
  return `
nameless=
for device in ${at('/sys/bus/pci/devices')}/*; do
  [ -r "$device/vendor" ] && [ -r "$device/class" ] || continue
  [ -e "$device/physfn" ] && continue
  read -r vendor <"$device/vendor"
  read -r class <"$device/class"
  case $class in 0x03*|0x12*) ;; *) continue ;; esac
  address=\${device##*/} id= name= uuid= flags=- boot_vga=
  [ -r "$device/device" ] && read -r id <"$device/device"
  [ -r "$device/boot_vga" ] && read -r boot_vga <"$device/boot_vga"
  [ "$boot_vga" = 1 ] && flags=\${flags}b
  [ -e ${at('/sys/bus/pci/drivers/vfio-pci')}/"$address" ] && flags=\${flags}v
  case $vendor in
    0x10de)
      if [ -r ${at('/proc/driver/nvidia/gpus')}/"$address"/information ]; then
        while IFS=: read -r key value; do
          case $key in Model) name=$value ;; 'GPU UUID') uuid=$value ;; esac
        done <${at('/proc/driver/nvidia/gpus')}/"$address"/information
      fi ;;
    0x1002)
      [ -r "$device/product_name" ] && read -r name <"$device/product_name"
      [ -r "$device/unique_id" ] && read -r uuid <"$device/unique_id"
      for function in "\${device%.*}".*; do
        other=
        [ -r "$function/vendor" ] && read -r other <"$function/vendor"
        [ "$other" = 0x1022 ] && flags=\${flags}p
      done ;;
  esac
  say gpu "$address $vendor \${id:-?} $class $flags $name"
  [ -n "$uuid" ] && say gpu_uuid "$address $uuid"
  [ -n "$name" ] || nameless="$nameless $vendor"
done
within_10_seconds() {
  command -v timeout >/dev/null && command -v "$1" >/dev/null && timeout -s KILL 10 "$@" 2>/dev/null </dev/null | head -n ${2 * MAX_GPUS}
}
case $nameless in
  *0x10de*) within_10_seconds nvidia-smi --query-gpu=pci.bus_id,uuid,name --format=csv,noheader | sed 's/^/nvidia_smi=/' ;;
esac
for vendor in 10de 1002; do
  case $nameless in *0x$vendor*) within_10_seconds lspci -D -mm -d "$vendor:" | sed 's/^/lspci=/' ;; esac
done`;
}

/**
 * Reads the GPUs, ordered by PCI address.
 * @param all - returns the values that the script printed for a key, in order
 */
export function readGpus(all: (key: string) => readonly string[]): PciGpu[] {
  // The last one wins: nvidia-smi is more exact than the PCI id list, and the driver's own file more than both.
  const known = [
    ...all('lspci').map(readLspci),
    ...all('nvidia_smi').map(readNvidiaSmi),
    ...all('gpu_uuid').map(readUuid),
  ];
  const last = (key: 'name' | 'uuid', address: string): string | null =>
    known.findLast((each) => each[key] && each.address === address)?.[key] ?? null;
  return all('gpu')
    .slice(0, MAX_GPUS)
    .flatMap((answer): PciGpu[] => {
      const [written = '', vendor = '', id = '', pciClass = '', flags = '', ...name] = answer.split(' ');
      const address = readPciAddress(written);
      const vendorId = /^0x([0-9a-f]{4})$/.exec(vendor)?.[1];
      if (address === null || vendorId === undefined || !/^0x(03|12)[0-9a-f]{4}$/.test(pciClass)) return [];
      const deviceId = /^0x([0-9a-f]{4})$/.exec(id)?.[1] ?? null;
      const model = modelName(name.join(' ')) ?? last('name', address);
      return [
        {
          ...{ address, vendorId, deviceId, pciClass: pciClass.slice(2, 6), model, uuid: last('uuid', address) },
          isBootVga: flags.includes('b'),
          isPassedThrough: flags.includes('v'),
          isInProcessor: flags.includes('p'),
        },
      ];
    })
    .sort((a, b) => comparePciAddresses(a.address, b.address));
}

/** A name or a UUID from another source than the list of devices. */
interface KnownGpu {
  address: string | null;
  name?: string | null;
  uuid?: string | null;
}

/** `00000000:17:00.0, GPU-4fcac49b-bc5a-f781-9c02-889186926070, NVIDIA H100 80GB HBM3` */
function readNvidiaSmi(line: string): KnownGpu {
  const [, address = '', uuid = '', text = ''] = /^([0-9A-Fa-f:.]{7,20}), *([^,]{0,60}), *(.*)$/.exec(line) ?? [];
  return { address: readPciAddress(address), uuid: gpuUuid(uuid), name: modelName(text) };
}

/** `0000:17:00.0 GPU-4fcac49b-bc5a-f781-9c02-889186926070` */
function readUuid(answer: string): KnownGpu {
  const [address = '', uuid = ''] = answer.split(/\s+/);
  return { address: readPciAddress(address), uuid: gpuUuid(uuid) };
}

/** `0000:17:00.0 "3D controller" "NVIDIA Corporation" "GH100[H100 SXM5 80GB]" -ra1 ...`, as `lspci -mm` quotes. */
function readLspci(line: string): KnownGpu {
  const [, address = '', vendor = '', text = ''] =
    /^([0-9a-f:.]{7,20}) "[^"]{0,200}" "([^"]{0,200})" "([^"]{0,200})"/.exec(line) ?? [];
  // "Device 2330" means that the PCI id list has no name for it.
  const name = /^Device [0-9a-f]{4}$/.test(text) ? null : modelName(text);
  return {
    address: readPciAddress(address),
    name: name && `${vendor.startsWith('NVIDIA') ? 'NVIDIA' : 'AMD'} ${name}`,
  };
}

/** NVIDIA's driver shows question marks to users without permission. */
function gpuUuid(text: string): string | null {
  return /^(GPU-)?[0-9a-f-]{12,36}$/.test(text) && /[1-9a-f]/.test(text.slice(4)) ? text : null;
}

function modelName(text: string): string | null {
  return printable(text, 100) || null;
}
