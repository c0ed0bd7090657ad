/**
 * Certificates for the services of a test, made when it runs, so that none expires in the repository.
 */
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface Certificates {
  /** PEM of the authority. */
  readonly ca: string;
  /** PEM of the server's certificate, for localhost and 127.0.0.1. */
  readonly certificate: string;
  /** PEM, PKCS #8. */
  readonly key: string;
  readonly caPath: string;
  readonly certificatePath: string;
  readonly keyPath: string;
}

/**
 * Makes an authority and a server certificate signed by it, as files in a folder.
 *
 * Errors: throws what to install without openssl.
 */
export async function createCertificates(folder: string): Promise<Certificates> {
  const at = (name: string): string => join(folder, name);
  const openssl = (...args: string[]): Promise<unknown> => run('openssl', args, { cwd: folder }).catch(explain);
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  await writeFile(at('server.ext'), 'subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth\n');
  await openssl('req', '-x509', ...newKey, '-days', '2', '-subj', '/CN=Sluice test CA', '-keyout', 'ca.key', '-out', 'ca.pem');
  await openssl('req', ...newKey, '-subj', '/CN=localhost', '-keyout', 'server.key', '-out', 'server.csr');
  const signing = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-extfile', 'server.ext'];
  await openssl('x509', '-req', '-in', 'server.csr', ...signing, '-out', 'server.pem');
  return {
    ca: await readFile(at('ca.pem'), 'utf8'),
    certificate: await readFile(at('server.pem'), 'utf8'),
    key: await readFile(at('server.key'), 'utf8'),
    caPath: at('ca.pem'),
    certificatePath: at('server.pem'),
    keyPath: at('server.key'),
  };
}

function explain(error: NodeJS.ErrnoException): never {
  if (error.code !== 'ENOENT') throw error;
  throw new Error('The certificates of the tests are made by openssl, and there is none. On Debian or Ubuntu: apt-get install openssl.', {
    cause: error,
  });
}
