import type { Dialect } from '../fuzz/exchange.ts'
import { Random } from '../fuzz/random.ts'

/** The moment at which a client leaves: by bytes it has sent or received, or by the milliseconds it has waited. */
export interface Leave {
  readonly after: 'sent' | 'received' | 'waited'
  readonly amount: number
  /** Whether it breaks off with a RST; else it closes with a FIN. */
  readonly resets: boolean
}

/** One request of a run, all of which follows from the seed and its number. */
export interface Request {
  readonly number: number
  /** The mark of the request, which is in its prompt and in every answer to it. */
  readonly id: string
  readonly dialect: Dialect
  readonly stream: boolean
  /** The chain that answers it; empty for the providers alone. */
  readonly chain: string
  /** Whether the answer is a call of a tool. */
  readonly callsTool: boolean
  /** Whether providers have different words for the answer. */
  readonly isVaried: boolean
  readonly leave: Leave | undefined
  readonly body: Readonly<Record<string, unknown>>
}

const dialects = ['chat', 'chat', 'chat', 'completions', 'messages', 'messages', 'responses'] as const
const chains = ['bon', 'moa', 're2', 'self_consistency', 'cache', 're2&re2'] as const
const parameters = { type: 'object', properties: { id: { type: 'string' } }, required: ['id'] }

/** The name of the only model. */
export const model = 'm'

/** Chooses a request. `leaves`: the share of clients that disconnect. */
export function chooseRequest(seed: number, number: number, leaves: number): Request {
  const random = new Random(seed, number)
  const id = uuid(random)
  const dialect = random.pick(dialects)
  const stream = random.chance(0.6)
  const chain = random.chance(0.12) ? random.pick(chains) : ''
  const callsTool = chain === '' && dialect !== 'completions' && random.chance(0.15)
  const isVaried = !callsTool && random.chance(0.25)
  const leave = random.chance(leaves) ? chooseLeave(random) : undefined
  const body = bodyOf({ number, id, dialect, stream, callsTool }, chain === '' ? model : `${chain}-${model}`)
  return { number, id, dialect, stream, chain, callsTool, isVaried, leave, body }
}

type Asked = Pick<Request, 'number' | 'id' | 'dialect' | 'stream' | 'callsTool'>

/** The body of a request, which has its mark. */
export function bodyOf({ number, id, dialect, stream, callsTool }: Asked, model: string): Request['body'] {
  return { model, ...(stream && { stream }), ...fieldsOf(dialect, `Say [${number} ${id}]`, callsTool) }
}

/** The number and the mark of the request that a text belongs to. */
export function markIn(text: string): { readonly number: number; readonly id: string } | undefined {
  const [, number, id] = /\[(\d+) ([0-9a-f-]{36})\]/.exec(text) ?? []
  return id === undefined ? undefined : { number: Number(number), id }
}

function chooseLeave(random: Random): Leave {
  const after = random.pick(['sent', 'received', 'received', 'waited', 'waited'] as const)
  const [least, most] = { sent: [1, 1500], received: [0, 1500], waited: [0, 100] }[after] as [number, number]
  return { after, amount: random.integer(least, most), resets: random.chance(0.5) }
}

/** A new mark. */
export function uuid(random: Random): string {
  const hex = Array.from({ length: 32 }, () => random.integer(0, 15).toString(16)).join('')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}

function fieldsOf(dialect: Dialect, text: string, callsTool: boolean): object {
  const name = 'note'
  switch (dialect) {
    case 'responses':
      return { input: text, ...(callsTool && { tools: [{ type: 'function', name, parameters }] }) }
    case 'messages':
      return {
        max_tokens: 500,
        messages: [{ role: 'user', content: text }],
        ...(callsTool && { tools: [{ name, input_schema: parameters }] }),
      }
    case 'completions':
      return { prompt: text }
    default:
      return {
        messages: [{ role: 'user', content: text }],
        ...(callsTool && { tools: [{ type: 'function', function: { name, parameters } }] }),
      }
  }
}
