/**
 * The `_id` of a document: the event id, which is what makes writing again harmless.
 */
import { createHash } from 'node:crypto';

/** OpenSearch refuses a whole bulk request for one id over this. */
const maxIdBytes = 512;
/** So many UTF-16 units are never more than 512 bytes of UTF-8. */
const surelyShort = Math.floor(maxIdBytes / 3);

/** The event id itself; a hash of it where OpenSearch would not take it (empty, or over 512 bytes). */
export function documentId(eventId: string): string {
  if (eventId !== '' && (eventId.length <= surelyShort || Buffer.byteLength(eventId) <= maxIdBytes)) return eventId;
  return `sha256-${createHash('sha256').update(eventId).digest('hex')}`;
}
