import { setTimeout as sleep } from 'node:timers/promises'
import { error, hold } from '../../fake-provider.ts'
import { perform } from '../../fake-provider/exchange.ts'
import type { Exchange } from '../../fake-provider/exchange.ts'
import { send } from '../faults.ts'
import type { Frames } from '../faults.ts'
import type { Random } from '../../fuzz/random.ts'

/** One call for a client that leaves. */
export interface Stage {
  readonly exchange: Exchange
  readonly frames: Frames
  readonly random: Random
  /** Tells that the call is where its client may leave. */
  readonly reached: () => void
}

export type Play = (stage: Stage) => Promise<void>

/** Milliseconds within which a call moves on while its client is leaving. */
const moments = 6

export const plays = {
  /** Never answers. */
  hold: async stage => await stay(stage),
  /** Sends the head and everything that comes before the first content, and no more. */
  head: async stage => {
    await send(stage.exchange, begun(stage.frames), { isCut: true })
    await stay(stage)
  },
  /** Sends a part of the content, and no more. */
  part: async stage => {
    await send(stage.exchange, partOf(stage), { isCut: true })
    await stay(stage)
  },
  /** Answers. */
  right: async ({ exchange, frames }) => await send(exchange, frames),
  /** Answers while its client leaves. */
  rightSoon: async stage => {
    await moment(stage)
    await send(stage.exchange, stage.frames)
  },
  /** Ends its answer while its client leaves. */
  endSoon: async ({ exchange, frames, ...stage }) => {
    const [parts, last] = [frames.parts.slice(0, -1), frames.parts.slice(-1)]
    await send(exchange, { ...frames, parts }, { isCut: true })
    await moment(stage)
    for (const part of last) await exchange.write(Buffer.from(part, 'latin1'))
  },
  /** Fails. */
  fail: async ({ exchange }) => await perform(error(500), exchange),
  /** Fails while its client leaves. */
  failSoon: async stage => {
    await moment(stage)
    await perform(error(500), stage.exchange)
  },
  /** Breaks off in its content. */
  breakOff: async stage => {
    await send(stage.exchange, partOf(stage), { isCut: true })
    stage.exchange.reset()
  },
} satisfies Record<string, Play>

export type PlayName = keyof typeof plays

async function stay({ exchange, reached }: Stage): Promise<void> {
  reached()
  await perform(hold(), exchange)
}

async function moment({ random, reached }: Pick<Stage, 'random' | 'reached'>): Promise<void> {
  reached()
  await sleep(random.integer(0, moments))
}

/** The part before the content. */
function begun({ isStream, parts }: Frames): Frames {
  return { isStream, parts: isStream ? parts.slice(0, contentAt(parts)) : [] }
}

/** Up to half of the answer, and at least the beginning of its content. */
function partOf({ frames: { isStream, parts }, random }: Stage): Frames {
  const least = isStream ? contentAt(parts) + 3 : 1
  return { isStream, parts: parts.slice(0, random.integer(least, Math.max(least, parts.length >> 1))) }
}

/** The index of the first event with a part of the text, or the name of a tool. */
function contentAt(parts: readonly string[]): number {
  return parts.findIndex(part => /begin|"note"/.test(part))
}
