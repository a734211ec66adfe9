import { MessageType } from 'graphql-ws';

/** The beginning of a frame that is whole, of text and not masked. */
const wholeText = 0x81;
/** Where the length of what follows is told by two bytes, or by eight. */
const shortLength = 126;
const longLength = 127;

/**
 * A message as a server of WebSockets sends it, RFC 6455, 5.2, in one piece: `ws` writes its head and its text one after the
 * other, which takes longer than all that is done for the message here.
 */
export function toFrame(text: string): Buffer {
  const length = Buffer.byteLength(text);
  const start = length < shortLength ? 2 : length < 65_536 ? 4 : 10;
  const frame = Buffer.allocUnsafe(start + length);
  frame[0] = wholeText;
  if (start === 2) frame[1] = length;
  else if (start === 4) frame.writeUInt16BE(length, frame.writeUInt8(shortLength, 1));
  else frame.writeBigUInt64BE(BigInt(length), frame.writeUInt8(longLength, 1));
  frame.write(text, start);
  return frame;
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
