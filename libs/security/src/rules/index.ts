/** The rules of all classes, in the order in which findings of equal weight are told. */
import { agentRules } from './agents.ts';
import { codeRules } from './code.ts';
import { fileInclusionRules } from './lfi.ts';
import { pathTraversalRules } from './path-traversal.ts';
import { probeRules } from './probes.ts';
import { protocolRules } from './protocol.ts';
import { queryRules } from './queries.ts';
import { commandRules } from './rce.ts';
import { remoteUrlRules } from './remote-url.ts';
import { sqlInjectionRules } from './sqli.ts';
import { templateRules } from './templates.ts';
import { xssRules } from './xss.ts';

import type { ThreatRule } from '../threat-rule.ts';

export const threatRules: readonly ThreatRule[] = [
  ...sqlInjectionRules,
  ...xssRules,
  ...fileInclusionRules,
  ...pathTraversalRules,
  ...commandRules,
  ...codeRules,
  ...templateRules,
  ...queryRules,
  ...remoteUrlRules,
  ...protocolRules,
  ...agentRules,
  ...probeRules,
];
