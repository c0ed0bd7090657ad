/** Runs the examples of rules, as `sluice rules test` does. */
import { createInspector } from '../create-inspector.ts';
import { requestOf } from '../request-of.ts';

import type { Example, ThreatRule } from '../threat-rule.ts';

export interface ExampleResult {
  readonly rule: string;
  readonly example: Example;
  readonly wanted: 'match' | 'no match';
  readonly passed: boolean;
}

/** Every example of every rule: matches have to be found by their rule, honest ones must not be. */
export function testRules(rules: readonly ThreatRule[]): ExampleResult[] {
  return rules.flatMap((rule) => {
    const inspector = createInspector([rule], { targetCache: 0 });
    const isFound = ({ field, text }: Example): boolean => inspector.inspect(requestOf(field, text)).threats.length > 0;
    return [
      ...rule.matches.map((example): ExampleResult => ({ rule: rule.id, example, wanted: 'match', passed: isFound(example) })),
      ...rule.honest.map((example): ExampleResult => ({ rule: rule.id, example, wanted: 'no match', passed: !isFound(example) })),
    ];
  });
}
