import { MessageType } from 'graphql-ws';
import * as ws from 'ws';

/** What makes the frames of `ws`; not in the package's types yet. */
const { Sender } = ws as unknown as { Sender: { frame(data: Buffer, options: typeof wholeText): Buffer[] } };
const wholeText = { fin: true, rsv1: false, opcode: 1, mask: false, readOnly: true };

/**
 * A message as a server of WebSockets sends it, in one piece: `ws` itself writes its head and its text one after the other, which
 * takes longer than all that is done for the message here.
 */
export function toFrame(text: string): Buffer {
  return Buffer.concat(Sender.frame(Buffer.from(text), wholeText));
}

/**
 * Makes the frames of results. Who are told the same are told it one after the other, and most clients choose the same ids:
 * then the last frame is theirs too.
 *
 * @returns a function that takes an operation's id, and a result of it in JSON.
 */
export function createResultFrames(): (id: string, result: string) => Buffer {
  let last = { id: '', result: '', frame: toFrame('') };
  return (id, result) => {
    if (result !== last.result || id !== last.id) {
      const frame = toFrame(`{"id":${JSON.stringify(id)},"type":"${MessageType.Next}","payload":${result}}`);
      last = { id, result, frame };
    }
    return last.frame;
  };
}
