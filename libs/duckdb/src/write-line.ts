/**
 * Decides which batches share a transaction. A commit syncs the disk whatever its size, and a transaction that fills a row group
 * goes into the file at once instead of through the log: as long as batches keep coming they join the open transaction, each
 * appended on its arrival, until that has a row group's rows or a certain age. When none comes for a moment it is committed.
 *
 * Invariant: a batch is answered after the commit that holds it; batches are stored in the order they came.
 */
import { SluiceError } from '@sluice/errors';

import { isOutOfMemory } from './database-error.ts';
import { rowGroupRows } from './database.ts';

import type { GroupWriter } from './group-writer.ts';
import type { StoreAnswers, WriteRequest } from './store-protocol.ts';

/** A pause that says that no more is coming for now. */
const idleMs = 20;
/** Batches this small were sent for their age, not for their size: no more is coming, and single events need not wait for the pause. */
const fewRows = 256;
/** Batches that keep coming wait no longer than this for their transaction to fill. */
const longestMs = 1000;
/** Rows that are decided over and appended in one go, beyond the first batch. */
const maxGroupRows = 16_384;

export interface WriteLine {
  /** Stores a batch; resolves when it is durable. Errors: SluiceErrors of the store. */
  write(request: WriteRequest): Promise<StoreAnswers['write']>;
  /** Commits what is open; to be called in order. Errors: none, they go to the writes. */
  settle(): Promise<void>;
  /** No commit by itself any more. */
  stop(): void;
}

export interface WriteLineDeps {
  /** Runs tasks one after the other. */
  readonly inOrder: (task: () => Promise<void>) => Promise<void>;
  /** Takes memory back from others; says whether there was some. Memory is shared: a user's query that has taken it all gives way to writes. */
  readonly makeRoom: () => Promise<number>;
}

interface Write {
  readonly request: WriteRequest;
  readonly resolve: (answer: StoreAnswers['write']) => void;
  readonly reject: (error: unknown) => void;
  answer: StoreAnswers['write'] | null;
}

/** Creates the line in front of a writer, which nobody else may tell to append or commit. */
export function createWriteLine(writer: GroupWriter, { inOrder, makeRoom }: WriteLineDeps): WriteLine {
  const waiting: Write[] = [];
  /** Appended, not yet committed. */
  let open: Write[] = [];
  let openedAtMs = 0;
  let idle: NodeJS.Timeout | undefined;

  const appendNextGroup = async (): Promise<void> => {
    const group = takeGroup(waiting);
    if (group.length === 0) return;
    clearTimeout(idle);
    if (open.length === 0) openedAtMs = performance.now();
    open.push(...group);
    await attempt(() => append(group));
    if (writer.openRows >= rowGroupRows || writer.openRows === 0 || performance.now() - openedAtMs > longestMs) await settle();
    else if (waiting.length > 0) return;
    else if (writer.openRows < fewRows) await settle();
    else idle = setTimeout(() => void inOrder(settle), idleMs);
  };
  const append = async (group: readonly Write[]): Promise<void> => {
    const answers = await writer.append(group.map(({ request }) => request));
    group.forEach((write, at) => (write.answer = answers[at] ?? null));
  };
  const settle = async (): Promise<void> => {
    clearTimeout(idle);
    await attempt(() => writer.commit());
    const committed = open;
    open = [];
    for (const { answer, resolve, reject } of committed) {
      if (answer === null) reject(new SluiceError('STORE_UNAVAILABLE', 'A batch was not answered'));
      else resolve(answer);
    }
  };
  /** One step of the open transaction. Whatever fails ends all of it; for want of memory it is made once more. */
  const attempt = async (step: () => Promise<void>): Promise<void> => {
    try {
      await step();
    } catch (error) {
      try {
        if (!(error instanceof SluiceError && isOutOfMemory(error.cause)) || (await makeRoom()) === 0) throw error;
        await append(open);
        await writer.commit();
      } catch (final) {
        const failed = open;
        open = [];
        for (const { reject } of failed) reject(final);
      }
    }
  };

  return {
    write: (request) =>
      new Promise((resolve, reject) => {
        waiting.push({ request, resolve, reject, answer: null });
        void inOrder(appendNextGroup);
      }),
    settle,
    stop: () => clearTimeout(idle),
  };
}

function takeGroup(waiting: Write[]): Write[] {
  let rows = 0;
  let count = 0;
  for (const { request } of waiting) {
    rows += rowsOf(request);
    if (count > 0 && rows > maxGroupRows) break;
    count += 1;
  }
  return waiting.splice(0, count);
}

function rowsOf(request: WriteRequest): number {
  let rows = 0;
  for (const block of request.documents) rows += block.rows;
  for (const block of request.deadLetters) rows += block.rows;
  return rows;
}
