/**
 * What either client throws, as one of our errors. Both wrap: kafkajs in "retries exceeded", platformatic in lists of
 * lists; what an operator has to know is somewhere inside, so every error of the chain is looked at.
 */
import { isSluiceError, SluiceError } from '@sluice/errors';

import type { ErrorCode } from '@sluice/errors';

/** The facts of one error in a chain, whichever client it comes from. */
interface ErrorFacts {
  readonly name: string;
  readonly message: string;
  /** A code of Node.js, OpenSSL or platformatic. */
  readonly code: string;
  /** Kafka's name of the error, where a broker answered with one. */
  readonly protocol: string;
}

const tooLarge = new Set(['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE']);
const topicMissing = new Set(['UNKNOWN_TOPIC_OR_PARTITION', 'UNKNOWN_TOPIC_ID', 'INVALID_TOPIC_EXCEPTION', 'INVALID_TOPIC']);
const refused = /_AUTHORIZATION_FAILED$|^(SASL_AUTHENTICATION_FAILED|UNSUPPORTED_SASL_MECHANISM|ILLEGAL_SASL_STATE|SECURITY_DISABLED)$/;
const certificate = /CERT|^ERR_SSL_|^ERR_TLS_|^UNABLE_TO_(GET|VERIFY)/;
const tlsTrouble = /requires TLS|TLS handshake|secure TLS connection/;
const unsupportedName = new Set(['KafkaJSServerDoesNotSupportApiKey']);
const maxDepth = 12;
const maxMessage = 300;

/**
 * The error of ours that says what an operator has to do; an error of ours passes unchanged.
 *
 * Invariant: the message holds what broker and operating system said, never a setting, so never a password.
 */
export function toKafkaError(error: unknown, doing: string): SluiceError {
  if (isSluiceError(error)) return error;
  const chain = factsOf(error);
  const { code, facts, saying } = classify(chain);
  const said = saidBy(facts);
  return new SluiceError(code, `${doing}: ${saying === null ? said : `${saying} (${said})`}`, { cause: error });
}

/** True when the brokers refuse a batch for its size: a smaller one may pass. */
export function isTooLarge(error: unknown): boolean {
  return factsOf(error).some(({ protocol }) => tooLarge.has(protocol));
}

/** True when the brokers know no such topic. */
export function isTopicMissing(error: unknown): boolean {
  return factsOf(error).some(saysTopicMissing);
}

/** True when a request got no answer in time: what its connection says from now on may be out of step. */
export function isTimeout(error: unknown): boolean {
  return factsOf(error).some(({ message, name }) => name === 'KafkaJSRequestTimeoutError' || /timed out/i.test(message));
}

interface Classified {
  readonly code: ErrorCode;
  /** The error of the chain that says so. */
  readonly facts: ErrorFacts | undefined;
  /** What that means, where its own words do not say it. */
  readonly saying: string | null;
}

function classify(chain: readonly ErrorFacts[]): Classified {
  const find = (test: (facts: ErrorFacts) => boolean): ErrorFacts | undefined => chain.findLast(test);
  const byAuthentication = find(
    ({ name, code, protocol }) => name === 'KafkaJSSASLAuthenticationError' || code === 'PLT_KFK_AUTHENTICATION' || refused.test(protocol),
  );
  if (byAuthentication !== undefined)
    return { code: 'KAFKA_UNAUTHORIZED', facts: byAuthentication, saying: 'the brokers refuse the credentials or what they may do' };
  const byTls = find(({ code, message }) => certificate.test(code) || tlsTrouble.test(message));
  if (byTls !== undefined) return { code: 'KAFKA_UNAUTHORIZED', facts: byTls, saying: 'no TLS connection' };
  const unsupported = find(
    ({ name, code, protocol }) => unsupportedName.has(name) || code === 'PLT_KFK_UNSUPPORTED_API' || protocol === 'UNSUPPORTED_VERSION',
  );
  if (unsupported !== undefined) {
    return {
      code: 'KAFKA_UNSUPPORTED',
      facts: unsupported,
      saying: 'the brokers are too old for this client; with kafka.producer: kafkajs older ones do',
    };
  }
  const missing = find(saysTopicMissing);
  if (missing !== undefined) return { code: 'KAFKA_TOPIC_MISSING', facts: missing, saying: 'the topic does not exist' };
  // The innermost is the most concrete: "connect ECONNREFUSED" rather than "failed 4 times".
  return { code: 'KAFKA_UNAVAILABLE', facts: find(({ message }) => message !== ''), saying: null };
}

function saysTopicMissing({ code, protocol, message }: ErrorFacts): boolean {
  return topicMissing.has(protocol) || (code === 'PLT_KFK_USER' && message.startsWith('Unknown topic'));
}

function saidBy(facts: ErrorFacts | undefined): string {
  // kafkajs looks into an answer that no broker gave.
  if (facts === undefined || facts.name === 'TypeError') return 'no broker answered';
  return oneLine(facts.message === '' ? facts.name : facts.message);
}

function oneLine(text: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what is to be replaced
  return text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ').slice(0, maxMessage);
}

/** Every error of the chain, outermost first. */
function factsOf(error: unknown, depth = 0, seen = new Set<unknown>()): ErrorFacts[] {
  if (typeof error !== 'object' || error === null || depth > maxDepth || seen.has(error)) return [];
  seen.add(error);
  const { name, message, code, type, apiId, cause, errors } = error as Record<string, unknown>;
  const facts = { name: textOf(name), message: textOf(message), code: textOf(code), protocol: textOf(apiId) || textOf(type) };
  const inner = Array.isArray(errors) ? [...(errors as unknown[]), cause] : [cause];
  return [facts, ...inner.flatMap((each) => factsOf(each, depth + 1, seen))];
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
