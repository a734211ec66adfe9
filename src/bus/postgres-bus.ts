import { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { type Bus, type Outages, type Topic, topics } from './bus.ts';
import { createEars, createMouth } from './hints.ts';
import { createOutage, pauseBefore } from './reconnecting.ts';

export interface PostgresBusOptions extends Outages {
  /** The database that the instances share. Not through a PgBouncer in transaction mode, which loses what is listened for. */
  databaseUrl: string;
  /** How often the session is asked whether it lives, in milliseconds; one that is silent for twice as long is given up. */
  pingMs: number;
  /** The longest pause before connecting again, in milliseconds. */
  reconnectMaxMs: number;
}

interface Session {
  ask(sql: string, parameters?: string[]): Promise<unknown>;
}

const channelOf = (topic: Topic) => `xendit_graphql_${topic}`;

/**
 * The bus over NOTIFY, in one session of its own. It connects in the background and comes back by itself, for ever. A text must
 * be shorter than 8,000 bytes. While one NOTIFY is under way the same ones merge, since each takes a lock that all on the server
 * share.
 */
export function openPostgresBus({ databaseUrl, pingMs, reconnectMaxMs, ...outages }: PostgresBusOptions): Bus {
  const outage = createOutage(outages);
  const ears = createEars();
  const stopping = new AbortController();
  let session: Session | undefined;

  const mouth = createMouth(async (topic, text) => {
    if (session === undefined) throw new Error('No session');
    await session.ask('SELECT pg_notify($1, $2)', [channelOf(topic), text]);
  });

  /** One session from its beginning to its end. It rejects when it doesn't come about. */
  async function live(onOpen: () => void): Promise<void> {
    const socket = new Socket();
    const client = new Client({
      connectionString: databaseUrl,
      application_name: 'xendit-graphql-bus',
      stream: () => socket,
      keepAlive: true,
      keepAliveInitialDelayMillis: pingMs,
    });
    const ended = Promise.withResolvers<void>();
    client.once('end', ended.resolve).on('error', ended.reject);
    ended.promise.catch(() => undefined);
    const hangUp = () => socket.destroy(new Error('no answer in time'));
    stopping.signal.addEventListener('abort', hangUp, { once: true });
    const dying = setTimeout(hangUp, 2 * pingMs);
    const pinging = setInterval(() => {
      session?.ask('SELECT 1').then(
        () => dying.refresh(),
        () => undefined,
      );
    }, pingMs);
    pinging.unref();
    dying.unref();
    try {
      await client.connect();
      const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
      client.on('notification', ({ channel, payload, processId }) => {
        const topic = topics.find((each) => channelOf(each) === channel);
        if (topic !== undefined && processId !== rows[0]?.pid) ears.tell(topic, payload);
      });
      await client.query(topics.map((topic) => `LISTEN ${channelOf(topic)}`).join(';'));
      session = inTurn(client);
      onOpen();
      await ended.promise;
    } finally {
      session = undefined;
      clearTimeout(dying);
      clearInterval(pinging);
      stopping.signal.removeEventListener('abort', hangUp);
      socket.destroy();
    }
  }

  async function run(): Promise<void> {
    let attempts = 0;
    const onOpen = () => {
      attempts = 0;
      outage.back('session');
      mouth.sayAll();
      ears.tellAll();
    };
    while (!stopping.signal.aborted) {
      const reason = await live(onOpen).then(
        () => 'the session was ended',
        (error: unknown) => (error instanceof Error ? error.message : String(error)),
      );
      if (stopping.signal.aborted) return;
      outage.away('session', reason);
      attempts += 1;
      const options = { signal: stopping.signal, ref: false };
      await pause(pauseBefore(attempts, reconnectMaxMs), undefined, options).catch(() => undefined);
    }
  }
  const running = run();

  return {
    say: mouth.say,
    hear: ears.hear,
    async close() {
      await mouth.close();
      stopping.abort();
      await running;
    },
  };
}

/** Asks one thing at a time, as `pg` wants it. */
function inTurn(client: Client): Session {
  let last: Promise<unknown> = Promise.resolve();
  return {
    ask(sql, parameters) {
      const asking = last.then(() => client.query(sql, parameters));
      last = asking.catch(() => undefined);
      return asking;
    },
  };
}
