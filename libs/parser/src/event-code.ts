/**
 * The code that makes the event of a generated parser: which value becomes which field, and what goes to `extra`.
 */
import { clientKinds } from './client-kind.ts';

import type { CodeBuffer } from './code-buffer.ts';
import type { FieldStep } from './plan-fields.ts';

/** Field -> expression, in the order of LogEvent: every event of every parser has this shape. */
const defaults = {
  timestamp: 'timestamp',
  ip_address: 'null',
  method: 'null',
  path: 'null',
  status: 'null',
  bytes_sent: 'null',
  referer: 'null',
  user_agent: 'null',
  event_id: "''",
  source: "''",
  log_file: "''",
  log_offset: '0',
  client_host: 'undefined',
  host: 'undefined',
  port: 'undefined',
  user: 'undefined',
  protocol: 'undefined',
  query: 'undefined',
  request: 'undefined',
  response_time_ms: 'undefined',
  request_bytes: 'undefined',
  extra: 'extra',
};

type EventFields = Record<keyof typeof defaults, string>;

/** Writes the end of the generated function: extras, then `return` of the event. */
export function writeEvent(code: CodeBuffer, steps: readonly FieldStep[]): void {
  const fields: EventFields = { ...defaults };
  steps.forEach((step, index) => {
    if (step.destination.to === 'goal') Object.assign(fields, goalFields(step, index));
  });
  steps.forEach((step, index) => {
    if (step.destination.to === 'extra') writeExtra(code, step, index, step.destination.key, fields);
  });
  const properties = Object.entries(fields).map(([name, expression]) => `${name}: ${expression}`);
  code.add(`return { ${properties.join(', ')} };`);
}

function writeExtra(code: CodeBuffer, step: FieldStep, index: number, key: string, fields: EventFields): void {
  const add = `extra = setExtra(extra, ${code.string(key)}, v${index});`;
  if (step.directive.letter === 'h' && step.directive.argument === null) {
    // The name that %h logs beside the address of %a is still the name of the client.
    fields.client_host = `(${fields.client_host}) ?? (${ifKind(index, clientKinds.name, 'undefined')})`;
    code.add(`if (k${index} === ${clientKinds.address}) ${add}`);
  } else {
    code.add(`if (v${index} !== null) ${add}`);
  }
}

function ifKind(index: number, kind: number, otherwise: string): string {
  return `k${index} === ${kind} ? v${index} : ${otherwise}`;
}

function goalFields(step: FieldStep, index: number): Partial<EventFields> {
  const value = `v${index}`;
  const optional = `${value} === null ? undefined : ${value}`;
  switch (step.spec.goal) {
    case 'client':
      return { ip_address: ifKind(index, clientKinds.address, 'null'), client_host: ifKind(index, clientKinds.name, 'undefined') };
    case 'host':
      return { host: optional };
    case 'port':
      return { port: optional };
    case 'user':
      return { user: optional };
    case 'status':
      return { status: value };
    case 'bytes_sent':
      // `-` is how %b writes 0; where a condition wrote it, nothing is known.
      return { bytes_sent: step.directive.conditional ? value : `${value} === null ? 0 : ${value}` };
    case 'request_bytes':
      return { request_bytes: optional };
    case 'response_time':
      return { response_time_ms: `${value} === null ? undefined : ${toMilliseconds(value, step.spec.unitMicroseconds)}` };
    case 'referer':
      return { referer: value };
    case 'user_agent':
      return { user_agent: value };
    case 'request':
      return { method: 'parts.method', path: 'parts.path', query: 'parts.query', protocol: 'parts.protocol', request: 'parts.request' };
    case 'method': {
      const token = `${value} === null || isToken(${value}, ${value}.length)`;
      return { method: `${token} ? ${value} : null`, request: `${token} ? undefined : ${value}` };
    }
    case 'path':
      return { path: value };
    case 'query':
      return { query: optional };
    case 'protocol':
      return { protocol: optional };
    case null:
      return {};
  }
}

function toMilliseconds(value: string, unitMicroseconds: number): string {
  if (unitMicroseconds === 1) return `${value} / 1000`;
  // Seconds may be decimal; rounding to the microsecond keeps 0.057 s from becoming 57.00000000000001 ms.
  return unitMicroseconds === 1000 ? value : `Math.round(${value} * 1e6) / 1000`;
}
