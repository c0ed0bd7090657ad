/** The rules of all classes, in the order in which findings of equal weight are told. */
import { crlfRules } from './crlf.ts';
import { deserializationRules } from './deserialization.ts';
import { javaInjectionRules } from './java-injection.ts';
import { ldapRules } from './ldap.ts';
import { lfiRules } from './lfi.ts';
import { log4shellRules } from './log4shell.ts';
import { mailCommandRules } from './mail-command.ts';
import { nodejsInjectionRules } from './nodejs-injection.ts';
import { nosqliRules } from './nosqli.ts';
import { openRedirectRules } from './open-redirect.ts';
import { pathTraversalRules } from './path-traversal.ts';
import { phpInjectionRules } from './php-injection.ts';
import { protocolRules } from './protocol.ts';
import { prototypePollutionRules } from './prototype-pollution.ts';
import { proxyAbuseRules } from './proxy-abuse.ts';
import { rceRules } from './rce.ts';
import { rfiRules } from './rfi.ts';
import { scannerProbeRules } from './scanner-probe.ts';
import { scannerUaRules } from './scanner-ua.ts';
import { sensitiveFileRules } from './sensitive-file.ts';
import { sessionFixationRules } from './session-fixation.ts';
import { shellshockRules } from './shellshock.ts';
import { sqliRules } from './sqli.ts';
import { ssiRules } from './ssi.ts';
import { ssrfRules } from './ssrf.ts';
import { sstiRules } from './ssti.ts';
import { webshellRules } from './webshell.ts';
import { xpathRules } from './xpath.ts';
import { xssRules } from './xss.ts';
import { xxeRules } from './xxe.ts';

import type { ThreatRule } from '../threat-rule.ts';

export const threatRules: readonly ThreatRule[] = [
  ...sqliRules,
  ...xssRules,
  ...lfiRules,
  ...pathTraversalRules,
  ...rceRules,
  ...shellshockRules,
  ...phpInjectionRules,
  ...deserializationRules,
  ...javaInjectionRules,
  ...nodejsInjectionRules,
  ...prototypePollutionRules,
  ...log4shellRules,
  ...sstiRules,
  ...ssiRules,
  ...xxeRules,
  ...nosqliRules,
  ...ldapRules,
  ...xpathRules,
  ...rfiRules,
  ...ssrfRules,
  ...openRedirectRules,
  ...crlfRules,
  ...protocolRules,
  ...mailCommandRules,
  ...sessionFixationRules,
  ...proxyAbuseRules,
  ...scannerUaRules,
  ...sensitiveFileRules,
  ...scannerProbeRules,
  ...webshellRules,
];
