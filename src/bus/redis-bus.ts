import { type Bus, topics } from './bus.ts';
import { createEars, createMouth } from './hints.ts';
import type { RedisLines } from './redis.ts';

/**
 * The bus over Redis.
 *
 * @param prefix of its channels; gateways that share a Redis have different ones.
 */
export function openRedisBus({ commands, subscriber }: RedisLines, prefix: string): Bus {
  const self = crypto.randomUUID();
  const ears = createEars();
  const mouth = createMouth((topic, text) => commands.publish(`${prefix}:${topic}`, `${self} ${text}`));
  const channels = new Map(topics.map((topic) => [`${prefix}:${topic}`, topic]));

  const listen = async () => {
    await subscriber.subscribe(...channels.keys());
    ears.tellAll();
  };
  const onReady = () => {
    // Without its channels it is of no use: then it begins anew.
    listen().catch(() => subscriber.disconnect(true));
  };
  const onMessage = (channel: string, message: string) => {
    const topic = channels.get(channel);
    const [, speaker, text] = /^(\S+) (.*)$/s.exec(message) ?? [];
    if (topic !== undefined && speaker !== self) ears.tell(topic, text);
  };
  commands.on('ready', mouth.sayAll);
  subscriber.on('ready', onReady).on('message', onMessage);

  return {
    say: mouth.say,
    hear: ears.hear,
    async close() {
      await mouth.close();
      commands.off('ready', mouth.sayAll);
      subscriber.off('ready', onReady).off('message', onMessage);
    },
  };
}
