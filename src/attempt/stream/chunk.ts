import type { Chunk, ChunkChoice, FinishReason, Usage } from '../../contract/index.ts'
import { badResponse } from '../failure.ts'
import { failureOfErrorObject } from '../status.ts'

/** Whether a chunk says something to the client: any delta beyond the role, or an end. */
export function hasContent(chunk: Chunk): boolean {
  return chunk.choices.some(choice => choice.finish_reason != null || deltaHasContent(choice))
}

function deltaHasContent({ delta }: ChunkChoice): boolean {
  for (const field in delta) {
    if (field === 'role') continue
    const value = delta[field]
    if (value != null && value !== '' && !(Array.isArray(value) && value.length === 0)) return true
  }
  return false
}

/** The chunk in an event's data. Throws an `AttemptFailure` where there is an error in it, or anything else. */
export function parseChunk(provider: string, data: string, secrets?: readonly string[]): Chunk {
  let value: unknown
  try {
    value = JSON.parse(data)
  } catch (error) {
    throw badResponse(provider, 'sent an event that is not JSON', error)
  }
  const { error, object, choices } = (value ?? {}) as { error?: unknown; object?: unknown; choices?: unknown }
  if (error != null || object === 'error') throw failureOfErrorObject(provider, error ?? value, secrets)
  if (!Array.isArray(choices)) throw badResponse(provider, 'sent an event that is no chunk of an answer')
  return value as Chunk
}

/** Characters that a chunk of text brings, about: providers send a token at a time. */
const charactersPerChunk = 4

/** Follows a stream to tell whether it came to its end: a finish reason for every choice that began. */
export class StreamProgress {
  readonly finish: FinishReason[] = []
  usage: Usage | undefined
  /** Characters of text, for an estimate where no usage comes. */
  characters = 0

  /** `usage` are the chunk's own figures, if they are sound. */
  add(chunk: Chunk, usage: Usage | undefined): void {
    if (usage) this.usage = usage
    for (const choice of chunk.choices) {
      this.finish[choice.index] = choice.finish_reason ?? this.finish[choice.index] ?? null
      const content = choice.delta?.content
      if (typeof content === 'string') this.characters += content.length
    }
  }

  /** Counts chunks of text that were not parsed. */
  addText(chunks: number): void {
    this.characters += chunks * charactersPerChunk
  }

  get complete(): boolean {
    if (this.finish.length === 0) return false
    for (let index = 0; index < this.finish.length; index++) if (this.finish[index] == null) return false
    return true
  }
}
