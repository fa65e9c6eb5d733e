import { Random } from '../fuzz/random.ts'
import type { Saying } from '../fuzz/upstream/saying.ts'
import type { Request } from './request.ts'

/** The different words that providers have for one answer. */
const variants = ['a', 'b', 'c'] as const

/** The texts that are a right answer to a request. */
export function rightTexts({ number, id, callsTool, isVaried }: Request): string[] {
  if (callsTool) return [argumentsFor(id)]
  // The mark is in the text, too: some methods ask a model about an answer alone.
  return (isVaried ? variants : variants.slice(0, 1)).map(variant => textFor(`[${number} ${id}]`, variant))
}

/** The content of one call to a provider: the whole answer, or the rest of one that broke off. */
export function sayingFor(request: Request, seed: number, call: number, sent: string): Saying {
  const { id, callsTool } = request
  const calls = callsTool ? [{ id: `call_${id.slice(0, 8)}`, name: 'note', arguments: argumentsFor(id) }] : []
  const random = new Random(seed, request.number, call, 1)
  const thinking = random.chance(0.2) ? `Thinking of ${id}` : undefined
  if (callsTool) return { text: '', thinking, calls, choices: 1 }
  const texts = rightTexts(request)
  return { text: restOf(sent, texts) ?? random.pick(texts), thinking, calls, choices: 1 }
}

function textFor(mark: string, variant: string): string {
  const words = Array.from({ length: 14 }, (_, index) => `${variant}${index + 1}`)
  return `begin ${mark} ${words.join(' ')} ü😀 ${mark} end`
}

function argumentsFor(id: string): string {
  return JSON.stringify({ id, text: `begin ${id} "ü😀" end` })
}

/** The answer of a model that is asked to write the rest: the words it is told to repeat, and all that follow them. */
function restOf(sent: string, texts: readonly string[]): string | undefined {
  const [, quoted] = /repeating its last words exactly, from (".*?") on,/.exec(unescaped(sent)) ?? []
  if (quoted === undefined) return undefined
  const anchor = JSON.parse(quoted) as string
  const text = texts.find(one => one.includes(anchor)) ?? ''
  return text.slice(text.lastIndexOf(anchor))
}

/** The texts of a JSON body, so that a search sees them as the model does. */
function unescaped(sent: string): string {
  const texts: string[] = []
  JSON.parse(sent, (_, value: unknown) => {
    if (typeof value === 'string') texts.push(value)
    return value
  })
  return texts.join('\n')
}
