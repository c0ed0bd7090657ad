/**
 * OpenSearch with TLS and passwords: the security plugin is not to be had for tests, so a proxy demands both.
 */
import { createServer } from 'node:https';
import { request } from 'node:http';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { createCertificates } from '@sluice/testing';

import type { AddressInfo } from 'node:net';

export interface PasswordProxy {
  readonly url: string;
  /** PEM of the authority that signed its certificate. */
  readonly caFile: string;
  /** From now on only this user gets through; others get 401 and the text that the security plugin answers with. */
  accept(username: string, password: string): void;
}

interface TestContext {
  after(hook: () => Promise<void>): void;
}

/** Starts a proxy before `target`; it ends with the test. */
export async function startPasswordProxy(t: TestContext, target: string, folder: string): Promise<PasswordProxy> {
  const certificates = await createCertificates(folder);
  let accepted = '';
  const server = createServer({ cert: certificates.certificate, key: certificates.key }, (incoming, answer) => {
    if (incoming.headers.authorization !== accepted) {
      incoming.resume();
      answer.writeHead(401, { 'content-type': 'text/plain', 'www-authenticate': 'Basic realm="OpenSearch Security"' });
      answer.end('Unauthorized');
      return;
    }
    const headers = { ...incoming.headers };
    delete headers.authorization;
    delete headers.host;
    const outgoing = request(`${target}${incoming.url ?? '/'}`, { method: incoming.method, headers }, (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(answer);
    });
    outgoing.on('error', () => answer.destroy());
    incoming.pipe(outgoing);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const caFile = join(folder, 'proxy-ca.pem');
  writeFileSync(caFile, certificates.ca);
  return {
    url: `https://localhost:${(server.address() as AddressInfo).port}`,
    caFile,
    accept: (username, password) => {
      accepted = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
    },
  };
}
