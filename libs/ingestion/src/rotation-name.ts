/**
 * What a file name says about rotation: `access.log.2.gz`, `access.log-20261122`, `access-20261122.log`,
 * `access.log.2026-11-22.zst` and `access.log.old` are all generations of `access.log`.
 * Names only suggest; what a file is, its head decides (see `generation-registry.ts`).
 */
const compressions = ['.gz', '.zst', '.zstd', '.bz2', '.xz', '.Z'] as const;

// Bounded quantifiers throughout: linear on any name.
// eslint-disable-next-line security/detect-unsafe-regex -- every part has a bounded length and the repetition is bounded too
const datePattern = /[._-](?:19|20)\d\d[._-]?(?:0[1-9]|1[0-2])[._-]?(?:0[1-9]|[12]\d|3[01])(?:[T._-]?\d\d){0,3}$/;
const numberPattern = /\.(?:\d{1,5}|\d{10})$/;
const oldPattern = /[.~-](?:old|bak|prev)$/;
const endPatterns = [datePattern, numberPattern, oldPattern] as const;
const liveExtension = '.log';

export interface RotationName {
  /** The name without rotation and compression suffix: the same for all generations of one log. */
  readonly base: string;
  readonly rotated: boolean;
  /** The name ends like a compressed file; its content decides. */
  readonly compressed: boolean;
}

/** Takes a file name (no folder) apart. */
export function parseRotationName(name: string): RotationName {
  const suffix = compressions.find((extension) => name.endsWith(extension) && name.length > extension.length) ?? '';
  const plain = name.slice(0, name.length - suffix.length);
  const base = stripRotation(plain);
  return { base, rotated: base !== plain, compressed: suffix !== '' };
}

function stripRotation(name: string): string {
  let base = stripEnd(name);
  // `access-20261122.log`: rotatelogs, cronolog and logrotate's `extension` put the mark before `.log`.
  if (base.endsWith(liveExtension)) {
    const stem = base.slice(0, -liveExtension.length);
    base = stripEnd(stem) + liveExtension;
  }
  return base;
}

/** Removes marks from the end until none is left, but never the whole name. */
function stripEnd(name: string): string {
  let rest = name;
  for (;;) {
    const current = rest;
    const at = endPatterns.map((pattern) => current.search(pattern)).find((index) => index > 0);
    if (at === undefined) return rest;
    rest = rest.slice(0, at);
  }
}
