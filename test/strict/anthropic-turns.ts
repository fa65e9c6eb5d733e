import { isObject, objectsOf, violation } from './shape.ts'
import type { Json, Path } from './shape.ts'
import type { Turn } from './tool-turns.ts'
import { takesPrefill, takesSystemTurns } from './anthropic-models.ts'

/** A block with its path. */
type Placed = readonly [Path, Json]

interface MergedTurn {
  readonly role: unknown
  readonly path: Path
  readonly blocks: readonly Placed[]
}

/** Lists violations in the order and the content of the turns. */
export function turnViolations(body: Json, turns: readonly Turn[]): string[] {
  const merged = mergedTurns(turns)
  return [
    ...firstTurn(turns),
    ...systemTurns(body, turns),
    ...turns.flatMap(([index, message]) => emptyTurn(message, index, index === turns.length - 1)),
    ...merged.flatMap(turn => turn.blocks.flatMap(([path, block]) => misplaced(block, turn.role, path))),
    ...merged.flatMap((turn, at) => resultsViolations(turn, merged[at - 1])),
    ...merged.flatMap((turn, at) => unanswered(turn, merged[at + 1])),
    ...repeatedIds(merged),
    ...lastTurn(body, merged.at(-1)),
    ...thoughtless(body, merged),
  ]
}

/**
 * Turns as the model sees them: the service joins consecutive turns of one role.
 * https://platform.claude.com/docs/en/api/messages/create
 */
function mergedTurns(turns: readonly Turn[]): MergedTurn[] {
  const merged: MergedTurn[] = []
  for (const [index, { role, content }] of turns) {
    const path = ['messages', index]
    const blocks = placedBlocks(content, [...path, 'content'])
    const before = merged.at(-1)
    if (!before || before.role !== role) merged.push({ role, path, blocks })
    else merged[merged.length - 1] = { ...before, blocks: [...before.blocks, ...blocks] }
  }
  return merged
}

/** The blocks of a turn; a string is one block of text. */
function placedBlocks(content: unknown, path: Path): Placed[] {
  if (typeof content === 'string') return [[path, { type: 'text', text: content }]]
  return objectsOf(content).map(([at, block]) => [[...path, at], block])
}

/** https://github.com/livekit/agents/pull/669 */
function firstTurn(turns: readonly Turn[]): string[] {
  const [first] = turns
  return first && first[1]['role'] !== 'user'
    ? [violation(['messages', first[0], 'role'], "the first turn is the user's")]
    : []
}

/** https://platform.claude.com/docs/en/about-claude/models/whats-new-claude-4-8 */
function systemTurns(body: Json, turns: readonly Turn[]): string[] {
  if (takesSystemTurns(String(body['model']))) return []
  return turns
    .filter(([, { role }]) => role === 'system')
    .map(([index]) => violation(['messages', index, 'role'], 'system belongs at the top level'))
}

/** https://github.com/anthropics/claude-code/issues/3196, https://github.com/anomalyco/opencode/issues/31259 */
function emptyTurn({ role, content }: Json, index: number, last: boolean): string[] {
  const path = ['messages', index, 'content']
  const empty = content === '' || (Array.isArray(content) && content.length === 0)
  if (empty) return last && role === 'assistant' ? [] : [violation(path, 'must not be empty')]
  return placedBlocks(content, path)
    .filter(([, { type, text }]) => type === 'text' && typeof text === 'string' && !/\S/.test(text))
    .map(([place]) => violation(place, 'a block of text must not be blank'))
}

function misplaced({ type }: Json, role: unknown, path: Path): string[] {
  const side = type === 'tool_result' ? 'user' : 'assistant'
  const sided = ['tool_result', 'tool_use', 'thinking', 'redacted_thinking']
  if (!sided.includes(String(type)) || role === side) return []
  return [violation(path, `${String(type)} stands in turns of the ${side} only`)]
}

/**
 * Results open the turn after their calls, one for each.
 * https://platform.claude.com/docs/en/agents-and-tools/tool-use/handle-tool-calls,
 * https://github.com/anthropics/claude-code/issues/13460
 */
function resultsViolations({ role, blocks }: MergedTurn, before: MergedTurn | undefined): string[] {
  if (role !== 'user') return []
  const called = callsOf(before)
  const seen = new Set<unknown>()
  return blocks.flatMap(([path, block], at) => {
    if (block['type'] !== 'tool_result') return []
    const id = block['tool_use_id']
    const again = seen.has(id)
    seen.add(id)
    return [
      ...(called.includes(id)
        ? []
        : [violation(path, `no call of the turn before has the id ${String(id)}`)]),
      ...(again ? [violation(path, `a second result for ${String(id)}`)] : []),
      ...(blocks.slice(0, at).some(([, { type }]) => type !== 'tool_result')
        ? [violation(path, 'results come first in a turn')]
        : []),
    ]
  })
}

/** https://github.com/anthropics/claude-code/issues/8210 */
function unanswered(turn: MergedTurn, next: MergedTurn | undefined): string[] {
  const answers = (next?.blocks ?? []).map(([, block]) => block['tool_use_id'])
  const open = callsOf(turn).filter(id => !answers.includes(id))
  return open.length === 0 ? [] : [violation(turn.path, `no result follows for ${open.join(', ')}`)]
}

/** https://github.com/trycua/cua/issues/524 */
function repeatedIds(turns: readonly MergedTurn[]): string[] {
  const ids = new Set<unknown>()
  return turns.flatMap(({ blocks }) =>
    blocks.flatMap(([path, { type, id }]) => {
      if (type !== 'tool_use') return []
      const again = ids.has(id)
      ids.add(id)
      return again ? [violation([...path, 'id'], 'ids of calls are unique in a conversation')] : []
    }),
  )
}

/** https://github.com/tailcallhq/forgecode/issues/1872, https://github.com/cortexkit/magic-context/issues/511 */
function lastTurn(body: Json, last: MergedTurn | undefined): string[] {
  if (last?.role !== 'assistant' || callsOf(last).length > 0) return []
  const [path, { text }] = last.blocks.at(-1) ?? [last.path, { text: '' }]
  return [
    ...(typeof text !== 'string' || text === text.trimEnd()
      ? []
      : [violation(path, 'the last turn must not end in white space')]),
    ...(takesPrefill(String(body['model']))
      ? []
      : [violation(last.path, "this model wants the user's turn last")]),
  ]
}

/**
 * With thinking enabled, the assistant's part of a tool loop begins with a thinking block.
 * https://github.com/anomalyco/opencode/issues/6176
 */
function thoughtless(body: Json, turns: readonly MergedTurn[]): string[] {
  if (!isObject(body['thinking']) || body['thinking']['type'] !== 'enabled') return []
  const asked = turns.findLastIndex(
    ({ role, blocks }) => role === 'user' && blocks.some(([, { type }]) => type !== 'tool_result'),
  )
  const first = turns.slice(asked + 1).find(({ role }) => role === 'assistant')
  const type = first?.blocks[0]?.[1]['type']
  if (!first || type === 'thinking' || type === 'redacted_thinking') return []
  return [violation(first.path, 'with thinking on, the turn must begin with a block of thinking')]
}

function callsOf(turn: MergedTurn | undefined): unknown[] {
  if (turn?.role !== 'assistant') return []
  return turn.blocks.flatMap(([, { type, id }]) => (type === 'tool_use' ? [id] : []))
}
