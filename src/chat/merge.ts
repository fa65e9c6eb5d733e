import type { Chunk, Completion, Reply, ReplyHead, Usage } from '../contract/index.ts'
import { StreamReply } from './reply.ts'
import { sumUsage } from './usage.ts'

/** A reply that is part of a larger one. */
export interface Part {
  readonly reply: Reply
  /** Number of its choices; their indexes follow those of the preceding parts. */
  readonly choices: number
}

/** One completion with the choices of all, in order, and the sum of their usages. Needs at least one. */
export function mergeCompletions(wholes: readonly Completion[]): Completion {
  const usage = wholes.map(whole => whole.usage).reduce(sumUsage, undefined)
  const choices = wholes.flatMap(whole => whole.choices).map((choice, index) => ({ ...choice, index }))
  const { usage: _usage, ...first } = wholes[0]!
  return { ...first, choices, ...(usage ? { usage } : {}) }
}

/** One stream with the chunks of all as they arrive, and one usage chunk at the end. Fails as soon as one of them does. */
export function mergeStreams(parts: readonly Part[]): Reply {
  const [first] = parts
  const { provider: _provider, cache: _cache, ...head } = first!.reply.head
  const cancel = (reason?: unknown) => parts.forEach(part => part.reply.cancel(reason))
  return new StreamReply(head, mergedChunks(parts, head), cancel)
}

async function* mergedChunks(parts: readonly Part[], head: ReplyHead): AsyncGenerator<Chunk> {
  const usages: (Usage | undefined)[] = []
  let offset = 0
  const sources = parts.map(({ reply, choices }, index) => {
    const source = { chunks: reply[Symbol.asyncIterator](), index, offset }
    offset += choices
    return source
  })
  try {
    for await (const { chunk, source } of interleave(sources)) {
      usages[source.index] = chunk.usage ?? usages[source.index]
      const part = chunkOfPart(chunk, head, source.offset)
      if (part) yield part
    }
  } finally {
    for (const { reply } of parts) reply.cancel()
  }
  const usage = usages.reduce(sumUsage, undefined)
  if (usage) yield usageChunk(head, usage)
}

/** The chunk of a part as a chunk of the whole; undefined if it carries only usage, which is summed up at the end. */
export function chunkOfPart(chunk: Chunk, head: ReplyHead, offset: number): Chunk | undefined {
  const { usage, ...rest } = chunk
  if (chunk.choices.length === 0 && usage) return undefined
  const choices = chunk.choices.map(choice => ({ ...choice, index: choice.index + offset }))
  return { ...rest, id: head.id, created: head.created, choices }
}

/** The chunk that ends a stream with its usage. */
export function usageChunk(head: ReplyHead, usage: Usage): Chunk {
  const { id, created, model } = head
  return { id, object: 'chat.completion.chunk', created, model, choices: [], usage }
}

interface Source {
  readonly chunks: AsyncIterator<Chunk>
}

type Arrival<S> = { readonly source: S; readonly result: IteratorResult<Chunk> } | { readonly error: unknown }

/**
 * Yields the chunks of all sources in order of arrival. A source is asked for its next chunk only when its last one has
 * been taken, so a slow reader holds back all of them. (`Promise.race` over the pending reads would add a listener to a
 * silent source with every chunk of a busy one.)
 */
async function* interleave<S extends Source>(
  sources: readonly S[],
): AsyncGenerator<{ chunk: Chunk; source: S }> {
  const arrivals: Arrival<S>[] = []
  let wake: (() => void) | undefined
  const arrive = (arrival: Arrival<S>) => {
    arrivals.push(arrival)
    wake?.()
  }
  const ask = (source: S) => {
    source.chunks.next().then(
      result => arrive({ source, result }),
      error => arrive({ error }),
    )
  }
  sources.forEach(ask)
  for (let open = sources.length; open > 0;) {
    const arrival = arrivals.shift()
    if (!arrival) {
      await new Promise<void>(resolve => {
        wake = resolve
      })
      continue
    }
    if ('error' in arrival) throw arrival.error
    if (arrival.result.done) {
      open--
      continue
    }
    yield { chunk: arrival.result.value, source: arrival.source }
    ask(arrival.source)
  }
}
