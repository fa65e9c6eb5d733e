import type { PlayName } from './plays.ts'

/** The models, each with its own providers. */
export const models = {
  /** Each served by one provider, of another API. */
  single: ['chat', 'messages', 'responses'],
  /** Served by two providers, which may be hedged and fall back on each other. */
  pair: 'pair',
  /** Served by one provider, which is asked again if it fails. */
  again: 'again',
  /** Served by a provider that takes one call at a time, and has one. */
  narrow: 'narrow',
} as const

/** A part of the way of a request, in which its client leaves. */
export interface Phase {
  /** Completes the sentence "a client leaves ...". */
  readonly name: string
  /** One of the single models unless set. */
  readonly model?: string
  /** The chain in front of the model. */
  readonly chain?: string
  /** Whether the client streams; undefined if either will do. */
  readonly stream?: boolean
  readonly callsTool?: true
  /** How its calls go, in the order of their arrival; later ones go as the last. */
  readonly plays: readonly PlayName[]
  /**
   * When the client may leave: so many calls are where they should be, a part of its request is sent, all of it, or it hears a
   * part of its answer.
   */
  readonly leaves: number | 'sending' | 'sent' | 'heard'
  /** The least and the most milliseconds from then on until it leaves. */
  readonly withinMs?: readonly [least: number, most: number]
  /** Clients that stay, for each one that leaves: their answers keep a failing provider in service. */
  readonly stay?: number
}

/** Milliseconds without content after which another provider is asked, too. */
export const hedgeMs = 100

const parallel = '(re2|moa|none)'

export const phases: readonly Phase[] = [
  { name: 'while it sends its request', plays: ['hold'], leaves: 'sending' },
  { name: 'in the queue', model: models.narrow, plays: ['hold'], leaves: 'sent' },
  { name: 'before the head of its answer', plays: ['hold'], leaves: 1 },
  { name: 'before the first content', stream: true, plays: ['head'], leaves: 1 },
  { name: 'in the body of a whole answer', stream: false, plays: ['part'], leaves: 1 },
  { name: 'in the middle of a stream', stream: true, plays: ['part'], leaves: 'heard' },
  { name: 'inside a tool call', stream: true, callsTool: true, plays: ['part'], leaves: 'heard' },
  { name: 'at the end of its answer', plays: ['endSoon'], leaves: 1 },
  { name: 'in the first call of a chain', chain: 'rto', plays: ['hold'], leaves: 1 },
  { name: 'between two calls of a chain', chain: 'rto', plays: ['rightSoon', 'hold'], leaves: 1 },
  { name: 'in the second call of a chain', chain: 'rto', plays: ['right', 'hold'], leaves: 1 },
  { name: 'in parallel calls of a chain', chain: parallel, plays: ['hold'], leaves: 3 },
  { name: 'while parallel calls end', chain: parallel, plays: ['rightSoon', 'rightSoon', 'hold'], leaves: 2 },
  { name: 'between two providers', model: models.pair, plays: ['failSoon', 'hold'], leaves: 1, stay: 2 },
  { name: 'at the second provider', model: models.pair, plays: ['fail', 'hold'], leaves: 1, stay: 2 },
  {
    name: 'before a retry',
    model: models.again,
    plays: ['failSoon', 'hold'],
    leaves: 1,
    withinMs: [0, 30],
    stay: 2,
  },
  {
    name: 'as a hedge begins',
    model: models.pair,
    plays: ['hold'],
    leaves: 1,
    withinMs: [hedgeMs - 10, hedgeMs + 10],
    stay: 2,
  },
  { name: 'while a hedge runs', model: models.pair, plays: ['hold'], leaves: 2, stay: 2 },
  {
    name: 'while its broken stream is recovered',
    model: models.pair,
    stream: true,
    plays: ['breakOff', 'hold'],
    leaves: 1,
    stay: 2,
  },
]
