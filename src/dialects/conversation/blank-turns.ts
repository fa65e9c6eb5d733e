import { fieldsOf, textOf, withFields } from '../../chat/read/fields.ts'
import type { Fields } from '../../chat/read/fields.ts'
import { invalidField } from '../check.ts'

/**
 * A body of the Messages API without texts that say nothing and without earlier turns of nothing else, both of which Anthropic
 * refuses; the same body if it had none. The turns on both sides of one that is left out become one if they are of one side. A
 * blank turn of the user stays if it is the newest, or if the conversation would begin with the model.
 */
export function withoutBlankTurns(body: Fields): Fields {
  const { system, messages } = body
  const told = Array.isArray(system) ? withoutBlanks(system) : system
  const without = withFields(body, { system: isNothing(told) && Array.isArray(told) ? undefined : told })
  return Array.isArray(messages) ? withFields(without, { messages: spokenTurns(messages) }) : without
}

function spokenTurns(turns: readonly unknown[]): readonly unknown[] {
  const newest = turns.findLastIndex(turn => roleOf(turn) === 'user')
  if (newest >= 0 && fieldsOf(turns[newest])!['content'] == null)
    throw invalidField(`messages[${newest}].content`, 'expected a string or a list of content blocks')
  const spoken = turns.map((turn, index) => {
    const read = withoutBlankBlocks(turn)
    return read ?? (index === newest || index === turns.length - 1 ? turn : undefined)
  })
  const first = spoken.find(turn => sides.has(roleOf(turn)))
  if (roleOf(turns[0]) === 'user' && roleOf(first) === 'assistant') spoken[0] = turns[0]
  return spoken.every((turn, index) => turn === turns[index]) ? turns : joined(spoken)
}

function roleOf(turn: unknown): unknown {
  return fieldsOf(turn)?.['role']
}

/** A turn without blank blocks; undefined if it says nothing. */
function withoutBlankBlocks(turn: unknown): unknown {
  const fields = fieldsOf(turn)
  if (!fields || !sides.has(fields['role'])) return turn ?? null
  const { content } = fields
  const kept = Array.isArray(content) ? withoutBlanks(content) : content
  return isNothing(kept) ? undefined : withFields(fields, { content: kept })
}

const sides: ReadonlySet<unknown> = new Set(['user', 'assistant'])

/** The blocks without blank texts. The cache mark of one goes to the block before it. */
function withoutBlanks(blocks: readonly unknown[]): readonly unknown[] {
  let mark: unknown
  const marked = blocks.toReversed().map(block => {
    const fields = fieldsOf(block)
    if (!fields) return block ?? null
    if (isBlankText(fields)) {
      mark ??= fields['cache_control']
      return undefined
    }
    const given = mark
    mark = undefined
    const takesIt =
      given != null && fields['cache_control'] == null && !/thinking/.test(textOf(fields['type']))
    return takesIt ? withFields(fields, { cache_control: given }) : block
  })
  marked.reverse()
  return marked.every((block, index) => block === blocks[index])
    ? blocks
    : marked.filter(block => block !== undefined)
}

function isBlankText({ type, text }: Fields): boolean {
  return type === 'text' && isBlank(text)
}

function isNothing(content: unknown): boolean {
  return isBlank(content) || (Array.isArray(content) && content.length === 0)
}

function isBlank(text: unknown): boolean {
  return text == null || (typeof text === 'string' && text.trim() === '')
}

/** The turns that are there. Those on both sides of a gap become one if they have the same role. */
function joined(turns: readonly unknown[]): readonly unknown[] {
  const all: unknown[] = []
  /** The blocks of the last turn, if it has grown. */
  let growing: unknown[] | undefined
  let isGap = false
  for (const turn of turns) {
    const [last, next] = [fieldsOf(all.at(-1)), fieldsOf(turn)]
    if (turn === undefined) isGap = true
    else if (isGap && last && next && sides.has(next['role']) && last['role'] === next['role']) {
      if (!growing) {
        growing = [...blocksIn(last['content'])]
        all[all.length - 1] = { ...last, content: growing }
      }
      for (const block of blocksIn(next['content'])) growing.push(block)
      isGap = false
    } else {
      all.push(turn)
      growing = undefined
      isGap = false
    }
  }
  return all
}

function blocksIn(content: unknown): readonly unknown[] {
  if (Array.isArray(content)) return content
  return typeof content === 'string' && !isBlank(content) ? [{ type: 'text', text: content }] : []
}
