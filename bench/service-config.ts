/**
 * The configuration of a service under measurement: what is shipped, on free ports and with a state folder of its own.
 */
import { writeFileSync } from 'node:fs';
import path from 'node:path';

export interface ServiceTargets {
  readonly bootstrapServers: string;
  readonly topic: string;
  readonly group?: string;
  readonly openSearchUrl?: string;
  readonly index?: string;
}

type Sections = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** Writes `NAME.yml` into the folder, where JSON is YAML too; `sections` are added key by key. Returns its path. */
export function writeServiceConfig(folder: string, name: string, targets: ServiceTargets, sections: Sections = {}): string {
  const { bootstrapServers, topic, group = topic, openSearchUrl = 'http://127.0.0.1:9', index = 'bench' } = targets;
  const base: Sections = {
    source: { id: 'bench' },
    state: { directory: path.join(folder, `${name}-state`) },
    kafka: { bootstrap_servers: [bootstrapServers], topic, group_id: group, create_topic: true },
    elasticsearch: { host: openSearchUrl, index, replicas: 0 },
    monitoring: { metrics_port: 0 },
  };
  const merged = Object.fromEntries(
    [...new Set([...Object.keys(base), ...Object.keys(sections)])].map((key) => [key, { ...base[key], ...sections[key] }]),
  );
  const file = path.join(folder, `${name}.yml`);
  writeFileSync(file, JSON.stringify(merged));
  return file;
}

/** Everything that an indexer can leave out. */
export const withoutEnrichment: Sections = {
  security: { enable_geo_enrichment: false, enable_threat_detection: false, enable_bot_detection: false },
};
