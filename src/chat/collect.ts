import type { Choice, Chunk, ChunkChoice, Completion, Usage } from '../contract/index.ts'
import { unixSeconds } from '../time/unix-seconds.ts'
import { newCompletionId } from './completion.ts'
import { fieldsOf } from './read/fields.ts'
import { addDetails } from './thoughts/reasoning-details.ts'
import { addThinking } from './thoughts/thinking-blocks.ts'
import { ToolCalls } from './tool-calls.ts'
import type { CallPiece } from './tool-calls.ts'

/** Chunks before the first with choices that add to the head of an answer; it lacks what more of them say. */
const maxBare = 16

/** Assembles a stream into a completion: joins texts, merges tool calls, keeps the last usage. Throws for a call without a name. */
export async function collect(chunks: AsyncIterator<Chunk>): Promise<Completion> {
  let head: Chunk | undefined
  let usage: Usage | undefined
  let bare = 0
  const choices = new Map<number, CollectedChoice>()
  for (let step = await chunks.next(); !step.done; step = await chunks.next()) {
    if (step.value.choices.length > 0 || bare++ < maxBare) head = headOf(head, step.value)
    usage = step.value.usage ?? usage
    for (const part of step.value.choices) {
      const choice = choices.get(part.index) ?? newChoice(part.index)
      choices.set(part.index, choice)
      addPart(choice, part)
    }
  }
  const { choices: _choices, usage: _usage, ...rest } = head ?? emptyHead()
  return {
    ...rest,
    object: 'chat.completion',
    choices: [...choices.values()].toSorted((one, other) => one.index - other.index).map(choiceFrom),
    ...(usage ? { usage } : {}),
  }
}

interface CollectedChoice {
  readonly index: number
  readonly message: Map<string, unknown>
  readonly calls: ToolCalls
  finish_reason: string | null
  readonly extra: Map<string, unknown>
}

function newChoice(index: number): CollectedChoice {
  const message = new Map<string, unknown>([
    ['role', 'assistant'],
    ['content', null],
  ])
  return { index, message, calls: new ToolCalls(), finish_reason: null, extra: new Map() }
}

function emptyHead(): Chunk {
  return { id: newCompletionId(), object: '', created: unixSeconds(), model: '', choices: [] }
}

/** The first chunk with choices, and what those before it add: Azure's first one has the results of a filter. */
function headOf(before: Chunk | undefined, next: Chunk): Chunk {
  return before && before.choices.length > 0 ? before : { ...before, ...next }
}

function addPart(choice: CollectedChoice, part: ChunkChoice): void {
  const { index: _index, delta, finish_reason, ...extra } = part
  if (finish_reason) choice.finish_reason = finish_reason
  addExtra(choice.extra, extra)
  for (const [field, value] of Object.entries(delta ?? {})) {
    if (field === 'tool_calls') {
      for (const [position, piece] of ((value ?? []) as readonly CallPiece[]).entries())
        choice.calls.add(piece, position)
    } else choice.message.set(field, join(choice.message.get(field), value, field))
  }
}

/** Texts and lists grow; roles and objects are replaced by later values. */
function join(before: unknown, next: unknown, field: string): unknown {
  if (next == null) return before ?? next
  if (field === 'role') return next
  if (field === 'function_call') return joinCall(before, next)
  if (typeof before === 'string' && typeof next === 'string') return before + next
  const add = thoughts.get(field)
  return add && Array.isArray(next) ? joinThoughts(before, next as object[], add) : joinLists(before, next)
}

type AddThoughts = (list: object[], pieces: readonly object[]) => void

/** Lists of thoughts that come in pieces. */
const thoughts: ReadonlyMap<string, AddThoughts> = new Map([
  ['reasoning_details', addDetails],
  ['thinking_blocks', addThinking],
])

function joinThoughts(before: unknown, next: readonly object[], add: AddThoughts): object[] {
  const list = Array.isArray(before) ? (before as object[]) : []
  add(list, next)
  return list
}

/** The call of chat's first years: its name comes once, its arguments in pieces. */
function joinCall(before: unknown, next: unknown): object {
  const [known, more] = [fieldsOf(before) ?? {}, fieldsOf(next) ?? {}]
  const [args, piece] = [known['arguments'] ?? '', more['arguments'] ?? '']
  return { ...known, ...more, arguments: `${args as string}${piece as string}` }
}

/** The first list is a copy, so that all later ones can be added to it. */
function joinLists(before: unknown, next: unknown): unknown {
  if (!Array.isArray(next)) return next
  const joined = Array.isArray(before) ? (before as unknown[]) : []
  for (const item of next as unknown[]) joined.push(item)
  return joined
}

/** Log probabilities arrive in pieces, so their lists are joined. */
function addExtra(extra: Map<string, unknown>, part: Readonly<Record<string, unknown>>): void {
  for (const [field, value] of Object.entries(part)) {
    if (value == null) continue
    const before = extra.get(field) as Readonly<Record<string, unknown>> | undefined
    extra.set(field, field === 'logprobs' ? joinFields(before ?? {}, value) : value)
  }
}

function joinFields(before: Readonly<Record<string, unknown>>, next: object): object {
  const joined = Object.entries(next).map(([field, value]) => [field, joinLists(before[field], value)])
  return { ...before, ...(Object.fromEntries(joined) as object) }
}

function choiceFrom({ index, message, calls, finish_reason, extra }: CollectedChoice): Choice {
  const tools = calls.whole()
  const fields = Object.fromEntries(message) as Record<string, unknown> & { role: string }
  return {
    index,
    message: tools.length > 0 ? { ...fields, tool_calls: tools } : fields,
    finish_reason,
    ...Object.fromEntries(extra),
  }
}
