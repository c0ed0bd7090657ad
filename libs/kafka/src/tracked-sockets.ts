/**
 * The open sockets of one client: counted for the metric, and closed at the end whatever the client waits for.
 */
import type { TransportTelemetry } from '@sluice/ports';
import type { Socket } from 'node:net';

export interface TrackedSockets {
  /** Counts a socket that is connected until it closes. */
  add(socket: Socket): void;
  readonly open: number;
  /** True once `close` was called: a client that still wants to connect must not. */
  readonly isClosed: boolean;
  /** Ends every socket now, and those to come; requests that wait for an answer fail. */
  close(): void;
}

export function trackSockets(telemetry: Pick<TransportTelemetry, 'connectionsChanged'>): TrackedSockets {
  const sockets = new Set<Socket>();
  let isClosed = false;
  return {
    add: (socket) => {
      if (socket.destroyed || sockets.has(socket)) return;
      if (isClosed) {
        socket.destroy();
        return;
      }
      sockets.add(socket);
      telemetry.connectionsChanged(1);
      socket.once('close', () => {
        sockets.delete(socket);
        telemetry.connectionsChanged(-1);
      });
    },
    get open() {
      return sockets.size;
    },
    get isClosed() {
      return isClosed;
    },
    close: () => {
      isClosed = true;
      for (const socket of sockets) socket.destroy(new Error('The client was closed.'));
    },
  };
}
