import type { ChunkReader } from '../../src/chat/read/chunk.ts'
import { HulumanageError } from '../../src/contract/index.ts'
import type { Chunk, Reply } from '../../src/contract/index.ts'
import { doneData, doneFrame, frame } from '../../src/text/sse.ts'
import { parseJson } from '../../src/text/json/parse.ts'

/** Reads a reply as framed events, without the end mark: the provider's own events if available. */
export async function* framesOf(reply: Reply): AsyncGenerator<string> {
  const { wire } = reply
  if (wire === undefined || wire.dialect !== 'chat' || wire.body instanceof Uint8Array) {
    for await (const chunk of reply) yield frame(JSON.stringify(chunk))
    return
  }
  for await (const frames of wire.body) if (frames !== doneFrame) yield frames
}

/** The chunks in framed events, each read when it is asked for; throws `upstream_bad_response` if one cannot be read. */
export function* chunksIn(frames: string, reader: ChunkReader): Generator<Chunk> {
  for (const event of frames.split('\n\n')) {
    const data = event.startsWith('data:') ? event.slice('data:'.length).trim() : doneData
    const chunk = data === doneData ? undefined : readChunk(data, reader)
    if (chunk) yield chunk
  }
}

function readChunk(data: string, reader: ChunkReader): Chunk | undefined {
  try {
    return reader.read(parseJson(data))
  } catch (error) {
    throw new HulumanageError('upstream_bad_response', 'An event of the stream cannot be read', {
      cause: error,
    })
  }
}
