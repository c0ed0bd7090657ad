/**
 * What a service says of itself on `/metrics`.
 */
import assert from 'node:assert/strict';

import { sumSamples } from './daemon.ts';

interface Asked {
  get(path: string): Promise<{ status: number; text: string }>;
}

/** Samples by name, all label sets of a name added up. */
export async function metricsOf(service: Asked): Promise<Map<string, number>> {
  return sumSamples((await service.get('/metrics')).text);
}

/** Asserts received = stored + duplicate + dead-lettered + dropped + returned + in flight; of an ingest, received = published + dropped + in flight. */
export async function assertBalance(service: Asked, role: 'ingest' | 'indexer' = 'indexer'): Promise<void> {
  const metrics = await metricsOf(service);
  const of = (name: string): number => metrics.get(`sluice_records_${name}`) ?? 0;
  const ended =
    role === 'ingest' ? of('published_total') : of('stored_total') + of('duplicate_total') + of('dead_lettered_total') + of('returned_total');
  assert.equal(of('received_total'), ended + of('dropped_total') + of('in_flight'));
  assert.ok(of('in_flight') >= 0, 'in flight is never negative');
}
