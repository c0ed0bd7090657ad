/**
 * What a full disk, or a kill, leaves of a database that was just being created. DuckDB takes it for damage from then on.
 */
import { open, rm, stat } from 'node:fs/promises';

/** DuckDB writes three headers of 4 KiB before anything else; a shorter file never held a row. */
const headersBytes = 12_288;
const magicAt = 8;
const magic = 'DUCK';

/**
 * Removes the file when it is the beginning of a database without content, and says whether it did.
 *
 * Security: a file of anything else that was named by mistake stays as it is.
 */
export async function removeUnfinished(path: string): Promise<boolean> {
  const hasWal = await stat(`${path}.wal`).then(
    () => true,
    () => false,
  );
  const found = await stat(path).catch(() => null);
  if (hasWal || found?.isFile() !== true || found.size >= headersBytes) return false;
  if (found.size > 0 && !(await hasMagic(path))) return false;
  await rm(path, { force: true });
  return true;
}

async function hasMagic(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(magic.length), 0, magic.length, magicAt);
    return bytesRead === magic.length && buffer.toString('latin1') === magic;
  } finally {
    await file.close();
  }
}
