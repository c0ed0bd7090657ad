/**
 * Sees to it that an index is made by our template: before the first write, and again before every new index.
 */
import { isObject } from './bulk-reply.ts';
import { askOrNull, askOrThrow } from './store-error.ts';
import { templateOwner } from './template.ts';

import type { Logger } from '@sluice/ports';
import type { Cluster } from './cluster.ts';
import type { IndexNames } from './index-names.ts';
import type { IndexTemplate, IndexTemplates } from './template.ts';

export interface TemplateKeeper {
  /** Makes sure of the template before documents go to these indices; asks the cluster once for each new name. */
  prepare(indices: ReadonlySet<string>): Promise<void>;
  /** Makes sure of both templates now. */
  install(): Promise<void>;
}

export interface TemplateKeeperDeps {
  readonly cluster: Cluster;
  readonly logger: Logger;
  /** False: an administrator keeps the templates; one that is missing is warned of. */
  readonly isManaged: boolean;
}

type State = 'missing' | 'current' | 'outdated' | 'newer' | 'foreign';

export function createTemplateKeeper(templates: IndexTemplates, names: IndexNames, deps: TemplateKeeperDeps): TemplateKeeper {
  const { cluster, logger } = deps;
  const prepared = new Set<string>();
  const warned = new Set<string>();
  let installing: Promise<void> | null = null;

  return {
    prepare: async (indices) => {
      const fresh = [...indices].filter((index) => !prepared.has(index));
      if (fresh.length === 0) return;
      await ensure(fresh.every((index) => index === names.deadLetters) ? [templates.deadLetters] : [templates.events, templates.deadLetters]);
      for (const index of fresh) prepared.add(index);
    },
    install: () => {
      // Health asks while others do: once is enough.
      installing ??= ensure([templates.events, templates.deadLetters]).finally(() => {
        installing = null;
      });
      return installing;
    },
  };

  async function ensure(wanted: readonly IndexTemplate[]): Promise<void> {
    for (const template of wanted) await (deps.isManaged ? keep(template) : warnIfMissing(template));
  }

  async function keep(template: IndexTemplate): Promise<void> {
    const installed = await readTemplate(template.name);
    const state = compareTemplate(installed, template);
    if (state === 'newer') {
      const versions = `version ${String(versionOf(installed))}, and this Sluice knows version ${template.body._meta.version}`;
      warnOnce(template.name, `The index template ${template.name} is of ${versions}: it stays as it is`, { hint: 'Update this Sluice.' });
    } else if (state === 'foreign') {
      warnOnce(template.name, `The index template ${template.name} is not managed by Sluice and stays as it is`, {
        hint: 'Delete it to have it written anew, or set `elasticsearch.manage_template: false`.',
      });
    } else if (state !== 'current') {
      await askOrThrow(cluster, (client, options) => client.indices.putIndexTemplate({ name: template.name, body: template.body }, options));
      logger.info(`The index template ${template.name} was ${state === 'missing' ? 'installed' : 'updated'}`, {
        version: template.body._meta.version,
      });
    }
  }

  async function readTemplate(name: string): Promise<unknown> {
    const body = await askOrNull(cluster, (client, options) => client.indices.getIndexTemplate({ name }, options));
    const list = isObject(body) && Array.isArray(body['index_templates']) ? (body['index_templates'] as unknown[]) : [];
    const found = list.filter(isObject).find((entry) => entry['name'] === name);
    return found?.['index_template'];
  }

  /** An administrator's template has a name of their own: what matters is what a new index would be like. */
  async function warnIfMissing(template: IndexTemplate): Promise<void> {
    if (template.name !== templates.events.name) return;
    const index = names.current()[0] ?? names.alias;
    const reply = await cluster.ask((client, options) => client.indices.simulateIndexTemplate({ name: index }, options));
    // Asking needs a right of its own; without it nothing can be said.
    if (!reply.ok || hasAlias(reply.body, names.alias)) return;
    warnOnce(template.name, `No index template gives new indices the alias ${names.alias}: reports will not find their events`, {
      index,
      hint: 'Install a template for them, or set `elasticsearch.manage_template: true`.',
    });
  }

  function warnOnce(key: string, message: string, data: Record<string, unknown> = {}): void {
    if (warned.has(key)) return;
    warned.add(key);
    logger.warn(message, data);
  }
}

/** What is installed, compared with ours. A template of the same version and another digest comes of another configuration. */
export function compareTemplate(installed: unknown, { body }: IndexTemplate): State {
  if (!isObject(installed)) return 'missing';
  const version = versionOf(installed);
  if (version === null) return 'foreign';
  if (version > body._meta.version) return 'newer';
  const { digest } = installed['_meta'] as Record<string, unknown>;
  return version === body._meta.version && digest === body._meta.digest ? 'current' : 'outdated';
}

/** Version of a template of ours; null for one of somebody else. */
function versionOf(installed: unknown): number | null {
  const meta = isObject(installed) ? installed['_meta'] : undefined;
  if (!isObject(meta) || meta['managed_by'] !== templateOwner) return null;
  return typeof meta['version'] === 'number' ? meta['version'] : null;
}

function hasAlias(simulated: unknown, alias: string): boolean {
  const template = isObject(simulated) ? simulated['template'] : undefined;
  const aliases = isObject(template) ? template['aliases'] : undefined;
  return isObject(aliases) && Object.hasOwn(aliases, alias);
}
