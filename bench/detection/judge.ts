/** Runs rows through parser and enricher, as the product does, and says what became of each. */
import { createEnricher } from '@sluice/enrichment';
import { compileLogFormat, LineRefusal } from '@sluice/parser';

import { toLogLine } from './rows.ts';

import type { Enrichment } from '@sluice/event';
import type { RequestRow } from './rows.ts';

export interface Judged {
  readonly row: RequestRow;
  readonly flagged: boolean;
  /** Classes of the threats, the most severe first. */
  readonly classes: readonly string[];
  readonly rules: readonly string[];
}

export function createJudge(): (row: RequestRow) => Judged {
  const combined = compileLogFormat('combined');
  const withHost = compileLogFormat('vhost_combined');
  const enricher = createEnricher({ geo: false, threats: true, bots: true, addressCache: 0, userAgentCache: 1000, targetCache: 0 }, { geo: null });
  return (row) => {
    const event = (row.host === undefined ? combined : withHost).parse(toLogLine(row));
    if (event instanceof LineRefusal) return { row, flagged: false, classes: [], rules: ['refused'] };
    const { security_threat, threats = [] }: Enrichment = enricher.enrich(event, '2026-11-22T13:55:37.250Z');
    return { row, flagged: security_threat === true, classes: threats.map((threat) => threat.class), rules: threats.map((threat) => threat.rule) };
  };
}
