import { ToolCalls } from '../../chat/tool-calls.ts'
import type { Chunk, ChunkChoice, Delta, FinishReason } from '../../contract/index.ts'

/** Fields of a delta that can be repeated or left out without harm: roles, thoughts and remarks. */
const light: ReadonlySet<string> = new Set([
  'role',
  'reasoning',
  'reasoning_content',
  'reasoning_details',
  'reasoning_items',
  'thinking_blocks',
  'annotations',
  'cited_texts',
  'provider_specific_fields',
])

/** Fields of a delta that are followed character by character. */
const followed: ReadonlySet<string> = new Set(['content', 'refusal', 'tool_calls'])

/** The part of one choice that its client has seen. */
export interface ChoiceSoFar {
  content: string
  refusal: string
  readonly calls: ToolCalls
  finish: FinishReason
  /** Whether it contains something that cannot be compared with another answer, such as audio. */
  isOpaque: boolean
}

/** Everything of an answer that its client has seen, without thoughts. */
export class AnswerSoFar {
  readonly choices = new Map<number, ChoiceSoFar>()
  /** Characters of text and of arguments. */
  length = 0

  add({ choices }: Chunk): void {
    for (const choice of choices) this.#addTo(this.#choiceAt(choice.index), choice)
  }

  /** Whether some choice shows more than thoughts. */
  get hasBegun(): boolean {
    return this.#some(choice => choice.content !== '' || choice.refusal !== '' || hasCalls(choice))
  }

  get hasCalls(): boolean {
    return this.#some(hasCalls)
  }

  get isOpaque(): boolean {
    return this.#some(({ isOpaque }) => isOpaque)
  }

  /** Finish reasons by index; null for a choice that has not ended. */
  get finish(): FinishReason[] {
    const finish: FinishReason[] = []
    for (const [index, choice] of this.choices) finish[index] = choice.finish
    return Array.from(finish, reason => reason ?? null)
  }

  get isComplete(): boolean {
    return this.choices.size > 0 && !this.#some(({ finish }) => finish === null)
  }

  #some(test: (choice: ChoiceSoFar) => boolean): boolean {
    return [...this.choices.values()].some(test)
  }

  #choiceAt(index: number): ChoiceSoFar {
    const known = this.choices.get(index)
    if (known) return known
    const choice = { content: '', refusal: '', calls: new ToolCalls(), finish: null, isOpaque: false }
    this.choices.set(index, choice)
    return choice
  }

  #addTo(choice: ChoiceSoFar, { delta, finish_reason }: ChunkChoice): void {
    const content = textOf(delta.content)
    const refusal = textOf(delta['refusal'])
    choice.content += content
    choice.refusal += refusal
    this.length += content.length + refusal.length
    for (const [position, piece] of (delta.tool_calls ?? []).entries()) {
      choice.calls.add(piece, position)
      this.length += piece.function?.arguments?.length ?? 0
    }
    choice.finish = finish_reason ?? choice.finish
    choice.isOpaque ||= isOpaque(delta)
  }
}

/** The text of a field that may be null or absent. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function hasCalls({ calls }: ChoiceSoFar): boolean {
  return calls.all.length > 0
}

function isOpaque(delta: Delta): boolean {
  for (const field in delta) {
    if (light.has(field) || followed.has(field)) continue
    const value = delta[field]
    if (value != null && value !== '') return true
  }
  return delta.tool_calls?.some(call => call['custom'] != null) ?? false
}
