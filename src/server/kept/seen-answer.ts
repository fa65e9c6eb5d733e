import { collect } from '../../chat/collect.ts'
import type { Chunk, Completion, Delta } from '../../contract/index.ts'
import type { Encoder } from '../../dialects/dialect.ts'
import { mayHaveThoughts } from './thought-fields.ts'

/** Maximum length of the pieces that are remembered of a stream, in characters; a longer one is forgotten. */
const maxLength = 2 * 1024 * 1024

/**
 * The thoughts and tool calls of a chat on its way to the client. Pieces are only remembered; they are read at the end, if
 * there were calls and thoughts.
 */
export class SeenAnswer {
  #pieces: string[] = []
  #length = 0
  #whole: Completion | undefined

  /** Sees the text of relayed frames, or the bytes of a whole answer. */
  relayed(text: string | Uint8Array): void {
    if (typeof text === 'string') this.#add(text)
    else {
      const json = Buffer.from(text.buffer, text.byteOffset, text.byteLength)
      if (!json.includes('"tool_calls"')) return
      const whole = json.toString('utf8')
      if (mayHaveThoughts(whole)) this.#whole = JSON.parse(whole) as Completion
    }
  }

  /** An encoder that does what the given one does, and shows what it writes. */
  watching(encoder: Encoder): Encoder {
    return {
      ...encoder,
      completion: completion => encoder.completion((this.#whole = completion)),
      chunk: chunk => {
        if (this.#length <= maxLength && chunk.choices.some(({ delta }) => !isText(delta)))
          this.#add(`data: ${JSON.stringify(chunk)}\n\n`)
        return encoder.chunk(chunk)
      },
    }
  }

  /** The answer with its thoughts and calls; undefined if it makes no calls, thinks nothing, or was too long. */
  async completion(): Promise<Completion | undefined> {
    if (this.#whole) return this.#whole
    const frames = this.#pieces.join('')
    if (this.#length > maxLength || !frames.includes('"tool_calls"') || !mayHaveThoughts(frames))
      return undefined
    return await collect(chunksIn(frames))
  }

  #add(text: string): void {
    if (this.#length > maxLength || !isPart(text)) return
    this.#length += text.length
    this.#pieces.push(text)
    if (this.#length > maxLength) this.#pieces = []
  }
}

/** Whether a piece has thoughts or calls in it; text alone does not matter. */
function isPart(json: string): boolean {
  return json.includes('"tool_calls"') || mayHaveThoughts(json)
}

/** Whether a delta has nothing but text, which does not matter here. */
function isText(delta: Delta): boolean {
  for (const field in delta) if (field !== 'content' && field !== 'role') return false
  return true
}

/** Some services write no space. */
const isEvent = /^data: ?\{/

/** The frames are our own, or have crossed the border. */
async function* chunksIn(frames: string): AsyncGenerator<Chunk> {
  for (const frame of frames.split('\n\n'))
    if (isEvent.test(frame)) yield JSON.parse(frame.slice(frame.indexOf('{'))) as Chunk
}
