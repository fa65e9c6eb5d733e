import type { Random } from '../random.ts'

export interface ToolCall {
  readonly id: string
  readonly name: string
  readonly arguments: string
}

/** The content of one choice, before a service puts it into its format. */
export interface Saying {
  readonly text: string
  readonly thinking: string | undefined
  readonly calls: readonly ToolCall[]
  readonly choices: number
}

/** Answers that the approaches understand: votes, grades, tagged answers, and words. */
const texts = [
  'The answer is 42.',
  '<thinking>Six times seven.</thinking><reflection>Right.</reflection><output>It is 42</output>',
  'Score: 7',
  '\\boxed{42}',
  '1. First, look.\n2. Then, count.\n\n```python\nprint(42)\n```\n',
  'Größe 🙂 — ok',
  '{"score": 8, "best": 1, "answer": "42"}',
]

/** Chooses a model's content for a request; tools are called only if there are any. */
export function chooseSaying(random: Random, request: Readonly<Record<string, unknown>>): Saying {
  const { n, tools } = request
  const hasTools = Array.isArray(tools) && tools.length > 0
  const called = hasTools && random.chance(0.7) ? random.integer(1, 3) : 0
  return {
    text: called > 0 && random.chance(0.5) ? '' : random.pick(texts),
    thinking: random.chance(0.25) ? 'Let me see' : undefined,
    calls: Array.from({ length: called }, (_, index) => ({
      id: `call_${index}${random.integer(100, 999)}`,
      name: random.pick(['weather', 'search']),
      arguments: random.pick(['{"place":"Oslo"}', '{}', '{"place":"Rome","days":[1,2]}']),
    })),
    choices: typeof n === 'number' && n >= 1 && n <= 16 ? n : 1,
  }
}

/** A text in the pieces of a stream. */
export function piecesOf(text: string): string[] {
  return text.match(/.{1,9}/gsu) ?? []
}
