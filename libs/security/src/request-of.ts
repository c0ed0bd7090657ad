import type { RequestFields } from './request-fields.ts';
import type { InspectedField } from './threat-rule.ts';

/** A request of nothing. */
export const emptyRequest: RequestFields = {
  ip: null,
  user: null,
  method: null,
  target: null,
  protocol: null,
  status: null,
  bytes: null,
  referer: null,
  host: null,
  userAgent: null,
  raw: null,
};

/** A request of nothing but the one field, for examples of rules. */
export function requestOf(field: InspectedField, text: string): RequestFields {
  switch (field) {
    case 'path':
      return { ...emptyRequest, target: text };
    case 'query':
      return { ...emptyRequest, target: `/?${text}` };
    case 'request':
      return { ...emptyRequest, raw: text };
    case 'referer':
      return { ...emptyRequest, referer: text };
    case 'user_agent':
      return { ...emptyRequest, userAgent: text };
    case 'method':
      return { ...emptyRequest, method: text };
    case 'user':
      return { ...emptyRequest, user: text };
  }
}
