/**
 * What an error of OpenSearch means for a document: is the document wrong, or the store?
 *
 * Only an error whose type names what a document can get wrong lets a document be refused. Everything else, types nobody
 * has seen included, pauses: a healthy event must never become a dead letter because of the state of the store.
 */
import { printable } from './printable.ts';

import type { ErrorCode } from '@sluice/errors';
import type { ItemError } from './bulk-reply.ts';

export type Verdict =
  | { readonly kind: 'duplicate' }
  /** The store is busy with others: this document again, later. */
  | { readonly kind: 'retry'; readonly message: string }
  | { readonly kind: 'rejected'; readonly message: string }
  /** Nothing can be stored, for a reason that is none of the document's. */
  | { readonly kind: 'paused'; readonly code: ErrorCode; readonly message: string; readonly hint?: string };

const documentErrors: ReadonlySet<string> = new Set([
  'mapper_parsing_exception',
  'document_parsing_exception',
  'parsing_exception',
  'parse_exception',
  'x_content_parse_exception',
  'json_parse_exception',
  'json_e_o_f_exception',
  'strict_dynamic_mapping_exception',
  'dynamic_mapping_exception',
  'max_bytes_length_exceeded_exception',
  'input_coercion_exception',
  'number_format_exception',
  'date_time_parse_exception',
]);

/** `illegal_argument_exception` means anything; these are said of a document. */
const documentReasons = [
  'immense term',
  'failed to parse',
  'is too large, must be <=',
  'mapper [',
  'cannot be changed from type',
  'field name ',
  'object field starting or ending with a [.]',
  'number of nested documents',
  'object mapping for [',
];

/** Of one item of a bulk reply, or of a whole request that was refused with this status and error. */
export function classifyError(status: number, error: ItemError): Verdict {
  const { type } = error;
  const message = describeError(error);
  if (type === 'cluster_block_exception') return classifyBlock(error.reason, message);
  if (status === 409) return type === 'version_conflict_engine_exception' ? duplicateVerdict : { kind: 'retry', message };
  if (status === 401 || status === 403 || status === 407 || type === 'security_exception')
    return { kind: 'paused', code: 'STORE_UNAUTHORIZED', message };
  if (status === 429 || status >= 500) return { kind: 'retry', message };
  if (status === 413 || ((status === 400 || status === 422) && isAboutDocument(error))) return { kind: 'rejected', message };
  return pausedBy(type, message);
}

const duplicateVerdict: Verdict = Object.freeze({ kind: 'duplicate' });

function isAboutDocument({ type, reason }: ItemError): boolean {
  if (documentErrors.has(type)) return true;
  return type === 'illegal_argument_exception' && documentReasons.some((part) => reason.includes(part));
}

/** Block 12 is what OpenSearch sets on indices of a node whose disk is full, and takes away when there is room again. */
function classifyBlock(reason: string, message: string): Verdict {
  if (reason.includes('/12/') || reason.includes('allow delete') || reason.includes('flood-stage')) {
    return { kind: 'paused', code: 'STORE_FULL', message };
  }
  return {
    kind: 'paused',
    code: 'STORE_UNAVAILABLE',
    message,
    hint: 'Take the block away from the index or cluster; nothing is lost: reading pauses.',
  };
}

const hints: Readonly<Record<string, string>> = {
  index_not_found_exception: 'Let the cluster create indices (`action.auto_create_index`), or create the index; nothing is lost: reading pauses.',
  index_closed_exception: 'Open the index; nothing is lost: reading pauses.',
  validation_exception:
    'Raise `cluster.max_shards_per_node`, remove old indices, or set `elasticsearch.index_period: monthly`; nothing is lost meanwhile.',
  invalid_alias_name_exception: 'An index has the name of the alias: choose another `elasticsearch.index`, or reindex and delete it.',
  illegal_argument_exception: 'See what the cluster says of the request; nothing is lost: reading pauses.',
};

function pausedBy(type: string, message: string): Verdict {
  const hint = hints[type];
  return { kind: 'paused', code: 'STORE_UNAVAILABLE', message, ...(hint !== undefined && { hint }) };
}

/** Type, reason and cause on one line; the text quotes documents, so it is cut and free of control characters. */
export function describeError({ type, reason, cause }: ItemError): string {
  const why = [printable(reason), printable(cause, 150)].filter((text) => text !== '').join(': ');
  return [printable(type, 80), why].filter((text) => text !== '').join(': ') || 'no reason given';
}
