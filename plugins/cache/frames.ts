import { HulumanageError } from '../../src/contract/index.ts'
import type { Chunk, Reply } from '../../src/contract/index.ts'

/** What ends a stream of chunks. */
export const doneFrame = 'data: [DONE]\n\n'

/** A reply's chunks as framed events, the provider's own where it gave them, without the end mark. Reads the reply. */
export async function* framesOf(reply: Reply): AsyncGenerator<string> {
  const { wire } = reply
  if (wire === undefined || wire.dialect !== 'chat' || wire.body instanceof Uint8Array) {
    for await (const chunk of reply) yield `data: ${JSON.stringify(chunk)}\n\n`
    return
  }
  for await (const frames of wire.body) if (frames !== doneFrame) yield frames
}

/** The chunks in framed events; throws `upstream_bad_response` where one is no JSON. */
export function chunksIn(frames: string): Chunk[] {
  const data = frames
    .split('\n\n')
    .filter(event => event.startsWith('data:'))
    .map(event => event.slice('data:'.length).trim())
    .filter(text => text !== '[DONE]')
  try {
    return data.map(text => JSON.parse(text) as Chunk)
  } catch (error) {
    throw new HulumanageError('upstream_bad_response', 'An event of the stream is not JSON', { cause: error })
  }
}
