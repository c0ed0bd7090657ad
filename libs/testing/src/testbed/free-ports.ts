/**
 * Ports for services that cannot choose one themselves. Below those the system gives to outgoing connections (32768 and up on
 * Linux), because a client that keeps trying to reach a killed service there can end up connected to itself.
 */
import { createServer } from 'node:net';

/** A service found its port taken, between the look and the start. */
export class PortTakenError extends Error {}

export interface PortRange {
  readonly from: number;
  /** Not included. */
  readonly to: number;
}

const ordinary: PortRange = { from: 15_000, to: 32_000 };
const startAttempts = 5;

/**
 * Starts something on ports that were free a moment ago, and once more on others when it reports `PortTakenError`.
 * A port that is given is used as it is.
 */
export async function startOnFreePorts<T>(
  wanted: readonly (number | undefined)[],
  start: (ports: number[]) => Promise<T>,
  range: PortRange = ordinary,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    const ports: number[] = [];
    for (const port of wanted) ports.push(port ?? (await pickPort(range, ports)));
    try {
      return await start(ports);
    } catch (error) {
      if (!(error instanceof PortTakenError) || attempt === startAttempts || !wanted.includes(undefined)) throw error;
    }
  }
}

async function pickPort({ from, to }: PortRange, taken: readonly number[]): Promise<number> {
  for (;;) {
    const port = from + Math.floor(Math.random() * (to - from));
    if (!taken.includes(port) && (await isFree(port))) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
