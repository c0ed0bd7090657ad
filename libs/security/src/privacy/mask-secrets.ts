/**
 * Takes secrets out of what is stored: values of parameters that are named as secrets, card numbers, signed tokens, names and
 * passwords in addresses. Runs after detection and before storage, dead letters and logs.
 */
import { createSecretGate } from './may-hold-secret.ts';
import { createNameTest, secretParameters } from './secret-names.ts';

export interface MaskConfig {
  /** Names of parameters, `*` for any characters; `secretParameters` when left out. */
  readonly parameters?: readonly string[];
  /** Card numbers (by their check digit) and signed tokens anywhere in a value; true when left out. */
  readonly numbersAndTokens?: boolean;
}

export interface SecretMasker {
  /** A query string without its `?`. */
  readonly query: (text: string) => string;
  /** An address with or without a query: a referer, a request target. */
  readonly address: (text: string) => string;
  /** Any text, such as a raw request line or evidence: addresses and parameters in it. */
  readonly text: (text: string) => string;
  /** A value under a name of its own: a header, a cookie. */
  readonly named: (name: string, text: string) => string;
}

/** What stands for a secret. */
export const mask = '***';

/**
 * Builds a masker.
 *
 * Invariant: what is not a secret is not changed by a single character; a text without secrets comes back as the same string. Masking
 * twice is masking once.
 * Errors: none. Cost: linear in the text; without anything like a secret 0.1 us and no allocation.
 */
export function createSecretMasker(config: MaskConfig = {}): SecretMasker {
  const names = config.parameters ?? secretParameters;
  const isSecret = createNameTest(names);
  const mayHold = createSecretGate(names, config.numbersAndTokens !== false);
  const maskValue = config.numbersAndTokens === false ? (text: string): string => text : maskNumbersAndTokens;

  const maskPairs = (text: string): string => {
    const parts = text.split(/([&;])/).map((part) => {
      const equals = part.indexOf('=');
      return equals > 0 && equals < part.length - 1 && isSecret(part.slice(0, equals)) ? part.slice(0, equals + 1) + mask : maskValue(part);
    });
    const masked = parts.join('');
    return masked === text ? text : masked;
  };

  const maskAddress = (text: string): string => {
    const mark = text.indexOf('?');
    const head = maskHead(mark < 0 ? text : text.slice(0, mark), maskPairs);
    const query = mark < 0 ? '' : `?${maskPairs(text.slice(mark + 1))}`;
    return head + query === text ? text : head + query;
  };

  const maskText = (text: string): string => {
    if (!text.includes('@') && !mayHold(text)) return text;
    const parts = text.split(/([\s"'<>]+)/);
    const masked = parts.map((part) => (part.includes('=') || part.includes('://') ? maskAddress(part) : maskValue(part))).join('');
    return masked === text ? text : masked;
  };

  const maskQuery = (text: string): string => (mayHold(text) ? maskPairs(text) : text);
  return {
    query: maskQuery,
    address: (text) => (addressSigns.test(text) && (text.includes('@') || mayHold(text)) ? maskAddress(text) : text),
    text: maskText,
    named: (name, text) => {
      if (text !== '' && isSecret(name)) return mask;
      return cookieNames.has(name) ? maskQuery(text) : maskText(text);
    },
  };
}

/** An address without any of these holds no secret. */
const addressSigns = /[?;=@]/;
const cookieNames = new Set(['cookie', 'set-cookie']);

/** Before the query: a user and password, and parameters of the path (`;jsessionid=`). */
function maskHead(text: string, maskPairs: (text: string) => string): string {
  const host = text.indexOf('://');
  const slash = host < 0 ? -1 : text.indexOf('/', host + 3);
  const at = host < 0 ? -1 : text.lastIndexOf('@', slash < 0 ? text.length : slash);
  const open = at > host + 3 ? `${text.slice(0, host + 3)}${mask}${text.slice(at)}` : text;
  if (host < 0 && open.includes('=') && !open.startsWith('/')) return maskPairs(open);
  const parameters = open.indexOf(';');
  if (parameters >= 0) return open.slice(0, parameters) + maskPairs(open.slice(parameters));
  return open;
}

/** Digits of a card, with or without dashes or encoded blanks between groups. */
const manyDigits = /(?<![\d.])\d(?:(?:-|%20|\+| )?\d){12,18}(?![\d.])/g;
function maskNumbersAndTokens(text: string): string {
  if (text.length < 13) return text;
  const withoutTokens = text.includes('eyJ') ? maskTokens(text) : text;
  return withoutTokens.replace(manyDigits, (found) => (isCardNumber(found.replace(/%20|\D/g, '')) ? mask : found));
}

/** Luhn's check digit, and a first digit that cards have. */
function isCardNumber(digits: string): boolean {
  if (digits.length < 13 || digits.length > 19 || !'3456'.includes(digits.charAt(0))) return false;
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = digits.charCodeAt(digits.length - 1 - i) - 0x30;
    const doubled = i % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

/** Tokens of three parts that begin as encoded JSON does: `eyJ....eyJ....signature`. */
function maskTokens(text: string): string {
  let masked = '';
  let from = 0;
  for (let at = text.indexOf('eyJ'); at >= 0; at = text.indexOf('eyJ', at)) {
    const head = endOfPart(text, at);
    const body = text.charAt(head) === '.' ? endOfPart(text, head + 1) : head;
    const end = body > head + 2 && text.charAt(body) === '.' ? endOfPart(text, body + 1) : -1;
    if (end >= 0) {
      masked += text.slice(from, at) + mask;
      from = end;
    }
    // A later start within the same part would end at the same place.
    at = Math.max(end, head);
  }
  return masked + text.slice(from);
}

function endOfPart(text: string, start: number): number {
  let end = start;
  while (end < text.length && /[\w-]/.test(text.charAt(end))) end++;
  return end;
}
