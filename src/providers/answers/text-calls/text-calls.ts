import { newCallId } from '../../../chat/read/call-id.ts'
import { fieldsOf } from '../../../chat/read/fields.ts'
import type { Fields } from '../../../chat/read/fields.ts'
import type { ChatRequest, Choice, ChunkChoice, Delta, ToolCall } from '../../../contract/index.ts'
import { fittingName } from '../../spelling/function-names.ts'
import type { Changes } from '../changed-choices.ts'
import type { Offered, TextCall } from './text-call.ts'
import { HeldCalls } from './held-calls.ts'
import { UnreadFrames } from './unread-frames.ts'

/**
 * Text of a stream's events that may contain the beginning of a call: `<`, as it is or escaped, or one of `[TOOL_CALLS]`; or
 * a call of the service itself.
 */
const suspicious = /<|\\u003c|\[T|\["|"tool_calls"\s*:\s*\[\s*\{|"function_call"\s*:\s*\{/i

/**
 * Turns calls that a model writes at the end of its text into tool calls: open models have forms of their own, and a server
 * without a parser for them, or with one that the model has confused, passes them on as content. Only whole calls of
 * functions that the request offers are turned, and nothing else may follow them; a choice that makes tool calls is left
 * alone.
 */
export function textCalls(request: ChatRequest): Changes {
  let offered: Offered | undefined
  // Some services count the chunks of the only choice in its index.
  const indexOf = ({ index }: ChunkChoice): number => ((request.n ?? 1) > 1 ? index : 0)
  const held = (): HeldCalls =>
    new HeldCalls((offered ??= offeredBy(request)), request.parallel_tool_calls === false)
  return {
    whole: choice => wholeChoice(choice, held),
    pieces: () => {
      const all = new Map<number, StreamedText>()
      const textOf = (choice: ChunkChoice): StreamedText => {
        const text = all.get(indexOf(choice)) ?? new StreamedText(held())
        all.set(indexOf(choice), text)
        return text
      }
      const unread = new UnreadFrames(choice => textOf(choice).pass(choice))
      // Once the only choice makes calls of its own, nothing in it is changed.
      const isOver = (): boolean => (request.n ?? 1) <= 1 && all.get(0)?.isLeftAlone === true
      return {
        concerns: frames => !isOver() && (suspicious.test(frames) || all.values().some(text => text.holds)),
        pass: frames => {
          if (!isOver()) unread.add(frames)
        },
        change: choice => {
          unread.read()
          return textOf(choice).change(choice)
        },
        rest: () => [...all].flatMap(([index, text]) => text.rest(index)),
      }
    },
  }
}

/** Whether a request offers tools that the model may call. */
export function offersTools({ tools, tool_choice: choice }: ChatRequest): boolean {
  return Array.isArray(tools) && tools.length > 0 && choice !== 'none'
}

/** The functions that the model may call: those that the request offers, and that its choice of tools allows. */
function offeredBy({ tools, tool_choice: choice }: ChatRequest): Offered {
  const allowed = allowedBy(fieldsOf(choice))
  const functions = (tools as readonly unknown[]).map(tool => fieldsOf(fieldsOf(tool)?.['function']))
  return new Map(
    functions.flatMap(called => {
      const name = called?.['name']
      if (typeof name !== 'string' || allowed?.has(name) === false) return []
      return [[fittingName(name), fieldsOf(called?.['parameters']) ?? {}]]
    }),
  )
}

/** The names of the functions that a choice of tools allows; undefined if it allows all. */
function allowedBy(choice: Fields | undefined): ReadonlySet<unknown> | undefined {
  const list = fieldsOf(choice?.['allowed_tools'])?.['tools'] ?? (choice?.['function'] ? [choice] : undefined)
  if (!Array.isArray(list)) return undefined
  return new Set((list as readonly unknown[]).map(tool => fieldsOf(fieldsOf(tool)?.['function'])?.['name']))
}

function wholeChoice(choice: Choice, begin: () => HeldCalls): Choice {
  const { message, finish_reason: finish } = choice
  const content: unknown = message?.content
  if (typeof content !== 'string' || isCut(finish) || hasCalls(message)) return choice
  const held = begin()
  const before = held.add(content)
  const { text, calls } = held.end()
  if (calls.length === 0) return choice
  const spoken = (before + text).trimEnd()
  return {
    ...choice,
    message: { ...message, content: spoken === '' ? null : spoken, tool_calls: calls.map(toolCall) },
  }
}

/** The text of one choice as it streams past. */
class StreamedText {
  readonly #held: HeldCalls
  /** Whether the service makes tool calls of its own. */
  #hasCalls = false

  constructor(held: HeldCalls) {
    this.#held = held
  }

  get holds(): boolean {
    return this.#held.holds
  }

  /** Whether whatever follows is passed on as it is. */
  get isLeftAlone(): boolean {
    return this.#hasCalls && !this.holds
  }

  /** Notes a piece that was passed on unread. */
  pass({ delta }: ChunkChoice): void {
    const content: unknown = delta?.content
    if (typeof content === 'string') this.#held.pass(content)
  }

  change(choice: ChunkChoice): ChunkChoice {
    const { delta, finish_reason: finish } = choice
    const content: unknown = delta?.content ?? ''
    if (typeof content !== 'string') return choice
    this.#hasCalls ||= hasCalls(delta)
    const before = this.#hasCalls ? this.#held.release() + content : this.#held.add(content)
    const { text, calls } = finish ? this.#end(finish) : nothing
    const spoken = before + text
    if (calls.length === 0 && spoken === content) return choice
    const { content: _content, ...rest } = delta ?? {}
    return {
      ...choice,
      delta: {
        ...rest,
        ...(spoken === '' ? {} : { content: spoken }),
        ...(calls.length === 0 ? {} : { tool_calls: pieces(calls) }),
      },
    }
  }

  /** The rest of a choice that ends without a reason. */
  rest(index: number): readonly ChunkChoice[] {
    const { text, calls } = this.#held.end()
    if (text === '' && calls.length === 0) return []
    const delta = {
      ...(text === '' ? {} : { content: text }),
      ...(calls.length > 0 && { tool_calls: pieces(calls) }),
    }
    return [{ index, delta, finish_reason: null }]
  }

  #end(finish: string): typeof nothing {
    return isCut(finish) ? { text: this.#held.release(), calls: [] } : this.#held.end()
  }
}

const nothing: { readonly text: string; readonly calls: readonly TextCall[] } = { text: '', calls: [] }

/** Whether an answer ended before its model had said all. */
function isCut(finish: unknown): boolean {
  return finish === 'length' || finish === 'content_filter'
}

/** Whether a message or a part of it makes calls, also in the field of chat's first years. */
function hasCalls(message: unknown): boolean {
  const fields = fieldsOf(message)
  const calls = fields?.['tool_calls']
  return (Array.isArray(calls) && calls.length > 0) || fieldsOf(fields?.['function_call']) !== undefined
}

function toolCall(call: TextCall): ToolCall {
  return { id: newCallId(), type: 'function', function: { ...call } }
}

function pieces(calls: readonly TextCall[]): NonNullable<Delta['tool_calls']> {
  return calls.map((call, index) => ({ index, ...toolCall(call) }))
}
