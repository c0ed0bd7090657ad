/**
 * `docs/metrics.md`: our metrics from the table, those of the process from a registry.
 */
import { createMetrics } from './create-metrics.ts';
import { metricDefinitions } from './metric-definitions.ts';

import type { MetricDefinition } from './metric-definitions.ts';

const introduction = `# Metrics

\`http://127.0.0.1:8000/metrics\` (\`monitoring.metrics_host\`, \`monitoring.metrics_port\`), in the text format of Prometheus.
Labels come from closed sets, so the number of series is bounded: never an address, path or user agent.

Everything that comes in ends in one place, at any moment:

    sluice_records_received_total = sluice_records_stored_total + sluice_records_duplicate_total
        + sluice_records_dead_lettered_total + sluice_records_dropped_total + sluice_records_in_flight

(in the ingest service: received = published + dropped + in flight; dead letters are published too).
`;

/** The page as Markdown, without the line that says how it was generated. */
export function renderMetricsDocs(): string {
  const ours: MetricDefinition[] = Object.values(metricDefinitions);
  const original = ours.filter(({ name }) => !name.startsWith('sluice_'));
  const own = ours.filter(({ name }) => name.startsWith('sluice_'));
  return [
    introduction,
    section('The six names of the original', original),
    section('Records, batches, sources, detection', own),
    section('The process', processMetrics()),
  ].join('\n');
}

function processMetrics(): MetricDefinition[] {
  const names = new Set<string>(Object.values(metricDefinitions).map(({ name }) => name));
  return createMetrics()
    .registry.getMetricsAsArray()
    .filter((metric) => !names.has(metric.name))
    .map((metric) => {
      // The library declares these fields, but only some of its metrics have label names, and types are numbers of its own.
      const {
        name,
        help,
        labelNames = [],
        constructor,
      } = metric as unknown as { name: string; help: string; labelNames?: string[]; constructor: { name: string } };
      const type = constructor.name.toLowerCase() as MetricDefinition['type'];
      return {
        name,
        type,
        help: help.endsWith('.') ? help : `${help}.`,
        labels: Object.fromEntries(labelNames.map((label) => [label, 'set by Node.js'])),
      };
    });
}

function section(title: string, metrics: readonly MetricDefinition[]): string {
  const rows = metrics.map(({ name, type, labels = {}, help }) => `| \`${name}\` | ${type} | ${labelsOf(labels)} | ${help} |`);
  return [`## ${title}`, '', '| name | type | labels | meaning |', '| --- | --- | --- | --- |', ...rows, ''].join('\n');
}

function labelsOf(labels: Readonly<Record<string, readonly string[] | string>>): string {
  return Object.entries(labels)
    .map(([name, values]) => `\`${name}\`: ${typeof values === 'string' ? values : values.map((value) => `\`${value}\``).join(' ')}`)
    .join('; ');
}
