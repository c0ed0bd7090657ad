/**
 * `/live`, `/ready`, `/health` and `/metrics` over HTTP. Read-only, four routes, nothing of a request is ever echoed.
 */
import fastify from 'fastify';

import { SluiceError, messageOf } from '@sluice/errors';

import type { Logger } from '@sluice/ports';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Registry } from 'prom-client';
import type { HealthReport, ProbeResult } from './health-report.ts';

export interface OpsServerConfig {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
}

export interface OpsServerDeps {
  readonly registry: Pick<Registry, 'metrics' | 'contentType'>;
  health(): Promise<HealthReport>;
  ready(): ProbeResult | Promise<ProbeResult>;
  live(): ProbeResult | Promise<ProbeResult>;
  readonly logger: Logger;
}

export interface OpsServer {
  /**
   * Listens; resolves to the address in use.
   *
   * Errors: SluiceError PORT_IN_USE, or CONFIG_INVALID for a host or port this machine or user may not listen on.
   */
  start(): Promise<{ readonly host: string; readonly port: number; readonly url: string }>;
  /** Idempotent, legal before `start`; connections are closed. */
  stop(): Promise<void>;
}

const securityHeaders = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

const maxConnections = 64;

/** Errors of a route are logged and answered without a word about the inside. */
export function createOpsServer(config: OpsServerConfig, deps: OpsServerDeps): OpsServer {
  const app = fastify({
    logger: false,
    bodyLimit: 1024,
    requestTimeout: 10_000,
    connectionTimeout: 15_000,
    keepAliveTimeout: 5000,
    forceCloseConnections: true,
    http: { maxHeaderSize: 8192 },
  });
  app.server.maxConnections = maxConnections;
  app.addHook('onRequest', async (_request, reply) => void reply.headers(securityHeaders));
  app.setNotFoundHandler((_request, reply) => reply.code(404).send({ error: 'not found' }));
  app.setErrorHandler((error, _request, reply) => {
    const status = (error as { statusCode?: number }).statusCode ?? 500;
    if (status >= 500) deps.logger.error('an ops request failed', { error });
    return reply.code(status).send({ error: status >= 500 ? 'internal error' : 'bad request' });
  });
  addRoutes(app, deps);

  return {
    start: async () => {
      try {
        await app.listen({ host: config.host, port: config.port });
      } catch (error) {
        throw listenError(error, config);
      }
      const address = app.server.address();
      const port = address === null || typeof address === 'string' ? config.port : address.port;
      const host = config.host.includes(':') ? `[${config.host}]` : config.host;
      return { host: config.host, port, url: `http://${host}:${port}` };
    },
    stop: () => app.close(),
  };
}

function addRoutes(app: FastifyInstance, deps: OpsServerDeps): void {
  app.get('/live', async (_request, reply) => sendProbe(reply, await deps.live()));
  app.get('/ready', async (_request, reply) => sendProbe(reply, await deps.ready()));
  app.get('/health', async (_request, reply) => {
    const report = await deps.health();
    return reply.code(report.status === 'failed' ? 503 : 200).send(report);
  });
  app.get('/metrics', async (_request, reply) => {
    const text = await deps.registry.metrics();
    return reply.header('content-type', deps.registry.contentType).send(text);
  });
}

function sendProbe(reply: FastifyReply, { ok, reasons }: ProbeResult): FastifyReply {
  return reply.code(ok ? 200 : 503).send({ status: ok ? 'ok' : 'failed', reasons });
}

function listenError(error: unknown, { host, port }: OpsServerConfig): SluiceError {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'EADDRINUSE') {
    return new SluiceError('PORT_IN_USE', `Port ${port} on ${host} is taken.`, {
      hint: 'Choose another `monitoring.metrics_port` (0 takes a free one), or stop what listens there.',
      cause: error,
      data: { host, port },
    });
  }
  const key = code === 'EACCES' ? 'monitoring.metrics_port' : 'monitoring.metrics_host';
  return new SluiceError('CONFIG_INVALID', `Cannot listen on ${host}, port ${port}: ${messageOf(error)}.`, {
    hint: `Correct \`${key}\`.`,
    cause: error,
    data: { problems: [{ file: null, line: null, path: key, message: messageOf(error) }] },
  });
}
