import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A TCP line to one of several servers, by turns, whose connections can be broken as networks break them. */
export interface Line {
  port: number;
  /**
   * Breaks some of the open connections. `reset` tells both ends; `silence` tells nobody: nothing gets through any more, and each
   * end has to find out by itself.
   *
   * @param isHit asked for each connection.
   * @returns how many were broken.
   */
  sever(how: 'reset' | 'silence', isHit: () => boolean): number;
  close(): Promise<void>;
}

/** @param ports of the servers that may be tried now, on this machine. */
export async function openLine(ports: () => readonly number[]): Promise<Line> {
  const pairs = new Set<Pair>();
  let turn = 0;
  const server = createServer((near) => {
    const all = ports();
    turn += 1;
    const order = all.map((_, index) => all[(turn + index) % all.length] ?? 0);
    near.on('error', () => near.destroy());
    void firstToAnswer(order).then((far) => {
      if (far === undefined || near.destroyed) {
        near.resetAndDestroy();
        far?.destroy();
        return;
      }
      const pair = { near, far };
      pairs.add(pair);
      for (const [one, other] of [
        [near, far],
        [far, near],
      ] as const) {
        one.setNoDelay(true);
        one.on('error', () => one.destroy());
        one.on('close', () => {
          pairs.delete(pair);
          other.destroy();
        });
        one.pipe(other);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    sever(how, isHit) {
      const hit = [...pairs].filter(isHit);
      for (const { near, far } of hit) {
        if (how === 'reset') for (const one of [near, far]) one.resetAndDestroy();
        else for (const one of [near, far]) one.unpipe().pause();
      }
      return hit.length;
    },
    async close() {
      for (const { near, far } of pairs) for (const one of [near, far]) one.resetAndDestroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface Pair {
  near: Socket;
  far: Socket;
}

async function firstToAnswer(ports: readonly number[]): Promise<Socket | undefined> {
  for (const port of ports) {
    const socket = connect({ port, host: '127.0.0.1' });
    const isOpen = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    });
    if (isOpen) return socket;
  }
  return undefined;
}
