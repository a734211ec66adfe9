import { type Dispatcher, Pool } from 'undici';

/** What one request was answered. */
export interface Answer {
  status: number;
  text: string;
}

/** Many connections to one server, each with one request at a time. */
export interface Load {
  /** Sends requests until all of `count` are answered; each answer is handed to `check`, which throws if it is wrong. */
  send(
    count: number,
    request: (index: number) => Dispatcher.RequestOptions,
    check: (answer: Answer) => void,
  ): Promise<void>;
  close(): Promise<void>;
}

export function openLoad(url: string, connections = 64): Load {
  const pool = new Pool(url, { connections, allowH2: false });
  return {
    async send(count, request, check) {
      let next = 0;
      const oneByOne = async () => {
        while (next < count) {
          const { statusCode, body } = await pool.request(request(next++));
          check({ status: statusCode, text: await body.text() });
        }
      };
      await Promise.all(Array.from({ length: connections }, oneByOne));
    },
    close: () => pool.close(),
  };
}
