const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

/** Widths people read at a glance, in seconds. */
const roundWidths = [
  1, 2, 5, 10, 15, 30, minute, 2 * minute, 5 * minute, 10 * minute, 15 * minute, 30 * minute,
  hour, 2 * hour, 3 * hour, 6 * hour, 12 * hour, day, 2 * day, 7 * day, 14 * day, 30 * day, 90 * day, 365 * day,
]; // prettier-ignore

/**
 * The smallest round bucket width that covers both times with at most `most` buckets aligned to the epoch.
 *
 * Units: times in ms since the epoch, result in seconds; beyond years, multiples of a year.
 */
export function chooseBucketSeconds(firstMs: number, lastMs: number, most: number): number {
  for (const width of roundWidths) if (bucketCount(firstMs, lastMs, width) <= most) return width;
  let width = 365 * day;
  while (bucketCount(firstMs, lastMs, width) > most) width *= 2;
  return width;
}

/** How many buckets of this width, aligned to the epoch, touch the span. */
export function bucketCount(firstMs: number, lastMs: number, bucketSeconds: number): number {
  const bucketMs = bucketSeconds * 1000;
  return Math.floor(lastMs / bucketMs) - Math.floor(firstMs / bucketMs) + 1;
}
