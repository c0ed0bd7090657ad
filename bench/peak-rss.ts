import { readFileSync } from 'node:fs';

/**
 * The most memory this process has had resident.
 *
 * On Linux from `VmHWM`: the `maxRSS` of `resourceUsage` starts with that of the process which started this one.
 */
export function peakRssBytes(): number {
  return statusBytes('self', 'VmHWM') ?? process.resourceUsage().maxRSS * 1024;
}

/** A field of `/proc/PID/status` that is a size (`VmHWM`, `VmRSS`); null when the process has ended or there is no `/proc`. */
export function statusBytes(pid: number | 'self', field: string): number | null {
  try {
    const line = readFileSync(`/proc/${pid}/status`, 'utf8')
      .split('\n')
      .find((text) => text.startsWith(`${field}:`));
    return line === undefined ? null : Number.parseInt(line.slice(field.length + 1), 10) * 1024;
  } catch {
    return null;
  }
}
