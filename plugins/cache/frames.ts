import { HulumanageError } from '../../src/contract/index.ts'
import type { Chunk, Reply } from '../../src/contract/index.ts'
import { doneData, doneFrame, frame } from '../../src/text/sse.ts'

/** Reads a reply as framed events, without the end mark: the provider's own events if available. */
export async function* framesOf(reply: Reply): AsyncGenerator<string> {
  const { wire } = reply
  if (wire === undefined || wire.dialect !== 'chat' || wire.body instanceof Uint8Array) {
    for await (const chunk of reply) yield frame(JSON.stringify(chunk))
    return
  }
  for await (const frames of wire.body) if (frames !== doneFrame) yield frames
}

/** The chunks in framed events; throws `upstream_bad_response` if one is not JSON. */
export function chunksIn(frames: string): Chunk[] {
  const data = frames
    .split('\n\n')
    .filter(event => event.startsWith('data:'))
    .map(event => event.slice('data:'.length).trim())
    .filter(text => text !== doneData)
  try {
    return data.map(text => JSON.parse(text) as Chunk)
  } catch (error) {
    throw new HulumanageError('upstream_bad_response', 'An event of the stream is not JSON', { cause: error })
  }
}
