import type { RequestFields } from './request-fields.ts';
import type { InspectedField } from './threat-rule.ts';

/** Requests for tests: nothing but the one field in question. */
export const emptyRequest: RequestFields = {
  ip: null,
  user: null,
  method: null,
  target: null,
  protocol: null,
  status: null,
  bytes: null,
  referer: null,
  userAgent: null,
  raw: null,
};

export function requestWith(field: InspectedField, text: string): RequestFields {
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
