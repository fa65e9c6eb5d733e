import fc from 'fast-check'

/** An entry of a conversation, independent of any dialect. */
export type Turn =
  | { readonly by: 'system' | 'developer'; readonly text: string }
  | { readonly by: 'user'; readonly parts: readonly Part[] }
  | { readonly by: 'assistant'; readonly blocks: readonly Block[] }
  | { readonly by: 'tool'; readonly id: string; readonly parts: readonly Part[] }

export type Part =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'image' }
  | { readonly type: 'pdf' }
  | { readonly type: 'document'; readonly text: string }

export type Block =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'thinking'; readonly text: string; readonly signature: string }
  | { readonly type: 'redacted' }
  | { readonly type: 'call'; readonly id: string; readonly name: string; readonly args: string }
  | { readonly type: 'custom'; readonly id: string; readonly input: string }
  | { readonly type: 'refusal'; readonly text: string }
  | { readonly type: 'server'; readonly query: string }
  | { readonly type: 'mcp'; readonly query: string }

/** A conversation, and the settings of the request that continues it. */
export interface History {
  readonly turns: readonly Turn[]
  readonly offersTools: boolean
  readonly thinks: boolean
  readonly streams: boolean
  readonly maxTokens: number | undefined
}

const longName = `mcp__${'server__'.repeat(9)}search`
export const names = ['ls', 'read-file', 'fs.read', '2nd tool', 'größe', longName]

/** Ids that repeat, and those of several services. */
const id = fc.constantFrom(
  'call_0',
  'call_1',
  'toolu_01',
  'abcdefgh9',
  'with space',
  `call_${'x'.repeat(60)}`,
)
const args = fc.constantFrom('{}', '{"path":"a.txt"}', '', 'null', '[1]', '{"path": "a')

let count = 0
/** A text that occurs only once, so that its loss is noticed. */
const said = fc.constant(undefined).map(() => `said${count++}.`)
const blank = fc.constantFrom('', ' ', '\n\n')
const text = fc.oneof({ weight: 4, arbitrary: said }, { weight: 1, arbitrary: blank })

const textPart = fc.record({ type: fc.constant('text' as const), text })
const part: fc.Arbitrary<Part> = fc.oneof(
  { weight: 5, arbitrary: textPart },
  { weight: 1, arbitrary: fc.record({ type: fc.constantFrom('image' as const, 'pdf' as const) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('document' as const), text: said }) },
)
const parts = fc.array(part, { maxLength: 3 })

const block: fc.Arbitrary<Block> = fc.oneof(
  textPart,
  fc.record({
    type: fc.constant('thinking' as const),
    text: said,
    signature: fc.constantFrom('', 'c2ln'),
  }),
  fc.constant({ type: 'redacted' as const }),
  fc.record({ type: fc.constant('call' as const), id, name: fc.constantFrom(...names), args }),
  fc.record({ type: fc.constant('custom' as const), id, input: text }),
  fc.record({ type: fc.constant('refusal' as const), text: said }),
  fc.record({ type: fc.constantFrom('server' as const, 'mcp' as const), query: said }),
)

const turn: fc.Arbitrary<Turn> = fc.oneof(
  fc.record({ by: fc.constantFrom('system' as const, 'developer' as const), text }),
  fc.record({ by: fc.constant('user' as const), parts }),
  {
    weight: 2,
    arbitrary: fc.record({
      by: fc.constant('assistant' as const),
      blocks: fc.array(block, { maxLength: 4 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ by: fc.constant('tool' as const), id, parts }) },
)

/** The last turn: what the user asks now, or the result of a tool. */
const last: fc.Arbitrary<Turn> = fc.oneof(
  said.map(text => ({ by: 'user' as const, parts: [{ type: 'text' as const, text }] })),
  fc.record({
    by: fc.constant('tool' as const),
    id,
    parts: fc.constant([{ type: 'text' as const, text: 'done' }]),
  }),
)

/** Any conversation, in any order, that ends with a question or a result. */
export const histories: fc.Arbitrary<History> = fc.record({
  turns: fc.tuple(fc.array(turn, { maxLength: 12 }), last).map(([turns, end]) => [...turns, end]),
  offersTools: fc.boolean(),
  thinks: fc.boolean(),
  streams: fc.boolean(),
  maxTokens: fc.constantFrom(undefined, 1, 5000),
})

/** The history without calls of custom tools. */
export function withoutCustom({ turns, ...settings }: History): History {
  const others = turns.map(turn =>
    turn.by === 'assistant' ? { ...turn, blocks: turn.blocks.filter(({ type }) => type !== 'custom') } : turn,
  )
  return { ...settings, turns: others }
}

/** The texts that people, tools and models have written, thoughts aside. */
export function textsOf({ turns }: History): readonly string[] {
  return turns.flatMap(textsIn).filter(one => one.trim() !== '')
}

function textsIn(turn: Turn): readonly string[] {
  switch (turn.by) {
    case 'user':
    case 'tool':
      return turn.parts.map(part => ('text' in part ? part.text : ''))
    case 'assistant':
      return turn.blocks.map(block => (block.type === 'text' || block.type === 'refusal' ? block.text : ''))
    default:
      return [turn.text]
  }
}
