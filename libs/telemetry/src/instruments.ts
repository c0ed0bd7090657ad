/**
 * The instruments of one registry, built from the table. Adding never throws: a count that is no positive number is
 * a slip of the caller that must not end a batch.
 */
import { Counter, Gauge, Histogram } from 'prom-client';

import { metricDefinitions } from './metric-definitions.ts';

import type { Registry } from 'prom-client';
import type { MetricDefinition, MetricKey } from './metric-definitions.ts';

type Labels = Record<string, string>;

export interface Instruments {
  add(key: MetricKey, count: number, labels?: Labels): void;
  set(key: MetricKey, value: number, labels?: Labels): void;
  /** Lets a gauge forget what it says for these labels. */
  remove(key: MetricKey, labels: Labels): void;
  /** Sets a counter that is kept elsewhere, when it is scraped. */
  setCounter(key: MetricKey, value: number, labels: Labels): void;
  observe(key: MetricKey, value: number, labels?: Labels): void;
}

/** Registers every metric of the table; `beforeScrape` runs once for each scrape of the registry. */
export function createInstruments(registry: Registry, beforeScrape: (key: MetricKey) => void): Instruments {
  const counters = new Map<MetricKey, Counter>();
  const gauges = new Map<MetricKey, Gauge>();
  const histograms = new Map<MetricKey, Histogram>();
  for (const [name, definition] of Object.entries(metricDefinitions) as [MetricKey, MetricDefinition][]) {
    const collect = (): void => beforeScrape(name);
    const common = { name: definition.name, help: definition.help, labelNames: Object.keys(definition.labels ?? {}), registers: [registry], collect };
    if (definition.type === 'counter') counters.set(name, startAtZero(new Counter(common), definition));
    else if (definition.type === 'gauge') gauges.set(name, new Gauge(common));
    else histograms.set(name, new Histogram({ ...common, buckets: [...(definition.buckets ?? [])] }));
  }
  return {
    add: (key, count, labels = {}) => count > 0 && Number.isFinite(count) && counters.get(key)?.inc(labels, count),
    set: (key, value, labels = {}) => gauges.get(key)?.set(labels, value),
    remove: (key, labels) => gauges.get(key)?.remove(labels),
    setCounter: (key, value, labels) => {
      const counter = counters.get(key);
      counter?.remove(labels);
      counter?.inc(labels, Math.max(0, value));
    },
    observe: (key, value, labels = {}) => value >= 0 && histograms.get(key)?.observe(labels, value),
  };
}

/** A counter that shows only after its first event hides that event from rate(); so small sets start at 0. */
function startAtZero(counter: Counter, { labels = {} }: MetricDefinition): Counter {
  const [name, ...others] = Object.keys(labels);
  const values = name === undefined ? undefined : labels[name];
  if (name === undefined || others.length > 0 || !Array.isArray(values)) return counter;
  for (const value of values as string[]) counter.inc({ [name]: value }, 0);
  return counter;
}
