import type { Chunk, Completion, Reply, ReplyHead, Usage } from '../contract/index.ts'
import { StreamReply } from './reply.ts'
import { sumUsage } from './usage.ts'

/** A reply that becomes part of a larger one. */
export interface Part {
  readonly reply: Reply
  /** How many choices it has; its first one gets the index after those of the parts before it. */
  readonly choices: number
}

/** One answer with the choices of all, in their order, and the sum of what they used. Never for none. */
export function mergeCompletions(wholes: readonly Completion[]): Completion {
  const usage = wholes.map(whole => whole.usage).reduce(sumUsage, undefined)
  const choices = wholes.flatMap(whole => whole.choices).map((choice, index) => ({ ...choice, index }))
  const { usage: _usage, ...first } = wholes[0]!
  return { ...first, choices, ...(usage ? { usage } : {}) }
}

/** One stream with the choices of all as they come, and one usage chunk at the end. Breaks off where one of them does. */
export function mergeStreams(parts: readonly Part[]): Reply {
  const [first] = parts
  const { provider: _provider, cache: _cache, ...head } = first!.reply.head
  const cancel = (reason?: unknown) => parts.forEach(part => part.reply.cancel(reason))
  return new StreamReply(head, mergedChunks(parts, head), cancel)
}

async function* mergedChunks(parts: readonly Part[], head: ReplyHead): AsyncGenerator<Chunk> {
  const usages: (Usage | undefined)[] = []
  let offset = 0
  const sources = parts.map(({ reply, choices }, place) => {
    const source = { chunks: reply[Symbol.asyncIterator](), place, offset }
    offset += choices
    return source
  })
  try {
    for await (const { chunk, source } of interleaved(sources)) {
      usages[source.place] = chunk.usage ?? usages[source.place]
      const part = chunkOfPart(chunk, head, source.offset)
      if (part) yield part
    }
  } finally {
    for (const { reply } of parts) reply.cancel()
  }
  const usage = usages.reduce(sumUsage, undefined)
  if (usage) yield usageChunk(head, usage)
}

/** A part's chunk as one of the whole; undefined where it told only usage, which the whole sums up. */
export function chunkOfPart(chunk: Chunk, head: ReplyHead, offset: number): Chunk | undefined {
  const { usage, ...rest } = chunk
  if (chunk.choices.length === 0 && usage) return undefined
  const choices = chunk.choices.map(choice => ({ ...choice, index: choice.index + offset }))
  return { ...rest, id: head.id, created: head.created, choices }
}

/** The last chunk of a stream that tells its usage. */
export function usageChunk(head: ReplyHead, usage: Usage): Chunk {
  const { id, created, model } = head
  return { id, object: 'chat.completion.chunk', created, model, choices: [], usage }
}

interface Source {
  readonly chunks: AsyncIterator<Chunk>
}

type Arrival<S> = { readonly source: S; readonly result: IteratorResult<Chunk> } | { readonly error: unknown }

/**
 * The chunks of all sources in the order they come. Each source is asked for its next chunk when its last one has
 * been taken, so that a slow reader holds back all of them. (A race over the pending reads would grow the list of
 * listeners of a silent source with every chunk of a busy one.)
 */
async function* interleaved<S extends Source>(
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
