/**
 * Sends bulk requests and takes their replies apart. A request that is refused as a whole is split until the document
 * that is at fault stands alone, or it is clear that none is.
 */
import { SluiceError, errorOf } from '@sluice/errors';

import { failCall, settleItem } from './bulk-call.ts';
import { buildBulkRequest } from './bulk-items.ts';
import { bulkReplyFields, isObject, readBulkReply } from './bulk-reply.ts';
import { classifyError } from './classify-error.ts';
import { printable } from './printable.ts';
import { createSlots } from './slots.ts';
import { toStoreError } from './store-error.ts';

import type { Logger } from '@sluice/ports';
import type { BulkCall } from './bulk-call.ts';
import type { BulkLimits, BulkRequest } from './bulk-items.ts';
import type { Cluster, Reply, RequestFailure } from './cluster.ts';

export interface BulkSenderDeps {
  readonly cluster: Pick<Cluster, 'ask'>;
  readonly logger: Logger;
}

export interface BulkSender {
  /** Resolves when every position has an outcome, or the call says why not: it has failed, or the cluster was busy; never rejects. */
  send(call: BulkCall, positions: readonly number[]): Promise<void>;
}

/** Over all calls: two keep the cluster busy (36 k documents a second with one, 51-67 k with two, 58 k with four). */
const maxRequestsAtOnce = 2;

export function createBulkSender(limits: BulkLimits, { cluster, logger }: BulkSenderDeps): BulkSender {
  const acquireSlot = createSlots(maxRequestsAtOnce);
  /** Lowered for good when something on the way takes no requests of that size. */
  let maxBytes = limits.bytes;

  return {
    send: async (call, positions) => {
      const underWay: Promise<void>[] = [];
      for (let next = 0; next < positions.length;) {
        const release = await acquireSlot();
        if (call.failure !== null) {
          release();
          break;
        }
        const request = buildBulkRequest(call.items, positions, next, { documents: limits.documents, bytes: maxBytes });
        next += request.positions.length;
        underWay.push(
          sendRequest(call, request)
            .catch((error: unknown) => failCall(call, errorOf(error)))
            .finally(release),
        );
      }
      await Promise.all(underWay);
    },
  };

  async function sendRequest(call: BulkCall, request: BulkRequest): Promise<void> {
    const reply = await sendBulk(request.body);
    if (!reply.ok) {
      await handleRefusal(call, request, reply.failure);
      return;
    }
    const ids = request.positions.map((position) => call.items.ids[position] ?? '');
    const items = readBulkReply(reply.body, ids);
    if (items === null) failCall(call, strangeReply(reply.body));
    else items.forEach((item, index) => settleItem(call, request.positions[index] ?? -1, item));
  }

  /** The client's type knows only lists of objects; it sends bytes as they are. */
  function sendBulk(body: Buffer): Promise<Reply> {
    return cluster.ask((client, options) => client.bulk({ body: body as never, filter_path: bulkReplyFields }, options));
  }

  async function handleRefusal(call: BulkCall, request: BulkRequest, failure: RequestFailure): Promise<void> {
    if (failure.status === 429) {
      call.busyReason = failure.message;
    } else if (!(await mayBeContent(failure))) {
      failCall(call, toStoreError(failure));
    } else if (request.positions.length > 1) {
      if (failure.status === 413) lowerLimit(request.body.length, failure);
      await sendHalves(call, request);
    } else {
      await judgeSingle(call, request, failure);
    }
  }

  /** Whether what a request holds may be why it failed. */
  async function mayBeContent(failure: RequestFailure): Promise<boolean> {
    // Some proxies close the connection instead of answering 413; so does a node that stops, and that does not answer now.
    if (failure.kind === 'reset') return (await cluster.ask((client, options) => client.info({}, options))).ok;
    return failure.status === 413 || (failure.status === 400 && !isStoreAtFault(failure));
  }

  async function sendHalves(call: BulkCall, { positions }: BulkRequest): Promise<void> {
    const middle = Math.ceil(positions.length / 2);
    for (const half of [positions.slice(0, middle), positions.slice(middle)]) {
      if (call.failure !== null) return;
      await sendRequest(call, buildBulkRequest(call.items, half, 0, { documents: half.length, bytes: Number.POSITIVE_INFINITY }));
    }
  }

  /** A document refused on its own is at fault only if the cluster takes bulk requests otherwise. */
  async function judgeSingle(call: BulkCall, request: BulkRequest, failure: RequestFailure): Promise<void> {
    const position = request.positions[0] ?? -1;
    call.takesBulk ??= takesBulk([...call.items.indices][0] ?? '');
    if (failure.kind !== 'reset' && (await call.takesBulk)) call.outcomes[position] = { kind: 'rejected', message: `OpenSearch ${failure.message}` };
    else failCall(call, toStoreError(failure));
  }

  /** Deletes what is not there; that makes no index either. */
  async function takesBulk(index: string): Promise<boolean> {
    return (await sendBulk(Buffer.from(`{"delete":{"_index":${JSON.stringify(index)},"_id":"sluice-probe"}}\n`))).ok;
  }

  function lowerLimit(bytes: number, failure: RequestFailure): void {
    const lowered = Math.max(1, Math.floor(bytes / 2));
    if (lowered >= maxBytes) return;
    maxBytes = lowered;
    logger.warn(`A bulk request of ${bytes} bytes is too large for the cluster or a proxy before it: from now on they have ${lowered} at most`, {
      answer: failure.message,
      hint: 'Lower `elasticsearch.bulk_bytes`, or raise the limit there.',
    });
  }
}

/** Of a whole request that was refused with 400: two types mean anything, the others name what is wrong with the store. */
function isStoreAtFault({ status, error }: RequestFailure): boolean {
  if (['', 'illegal_argument_exception', 'action_request_validation_exception'].includes(error.type)) return false;
  return classifyError(status, error).kind === 'paused';
}

function strangeReply(body: unknown): SluiceError {
  const found = typeof body === 'string' ? `"${printable(body, 80)}"` : isObject(body) ? 'JSON of another shape' : typeof body;
  return new SluiceError('STORE_UNAVAILABLE', `The reply to a bulk request does not answer it (${found})`, {
    hint: 'Check that `elasticsearch.host` is OpenSearch and what stands before it; nothing is lost: reading pauses.',
  });
}
