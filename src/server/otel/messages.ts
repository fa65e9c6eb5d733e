/**
 * Messages as the conventions for generative AI write them in `gen_ai.input.messages` and `gen_ai.output.messages`:
 * https://github.com/open-telemetry/semantic-conventions-genai (`docs/gen-ai/gen-ai-input-messages.json`,
 * `docs/gen-ai/gen-ai-output-messages.json`, commit 8f24f0e).
 */
import type { FinishReason } from '../../contract/index.ts'
import type { TextPart } from '../../text/text-part.ts'

interface GenAiMessage {
  readonly role: string
  readonly parts: GenAiPart[]
}

type GenAiPart = Readonly<Record<string, string>> & { readonly type: string }

/** The roles of the messages for parts that have another name. */
const roles: ReadonlyMap<string, string> = new Map([
  ['thinking', 'assistant'],
  ['call', 'assistant'],
  ['refusal', 'assistant'],
  ['input', 'user'],
  ['body', 'user'],
])

/** The messages of a prompt. The thoughts, the text and the calls of a model that follow each other are one message. */
export function messagesOf(prompt: readonly TextPart[]): GenAiMessage[] {
  const messages: GenAiMessage[] = []
  for (const part of prompt) {
    const role = roles.get(part.role) ?? part.role
    const last = messages.at(-1)
    const parts = partsOf(part)
    if (last && role === 'assistant' && last.role === role) for (const one of parts) last.parts.push(one)
    else messages.push({ role, parts })
  }
  return messages
}

/** The messages of an answer, one for each choice. `finish`: the reasons, by the index of the choice. */
export function choicesOf(answer: readonly TextPart[], finish: readonly FinishReason[]): object[] {
  const choices = Map.groupBy(answer, ({ choice = 0 }) => choice)
  return [...choices].map(([index, parts]) => ({
    role: 'assistant',
    parts: parts.flatMap(partsOf),
    finish_reason: finishReasonOf(finish[index]),
  }))
}

function partsOf(part: TextPart): GenAiPart[] {
  const { left_out: leftOut } = part
  const rest = leftOut === undefined ? [] : [{ type: 'text', content: `[${leftOut} characters left out]` }]
  return [partOf(part), ...rest]
}

function partOf({ role, text }: TextPart): GenAiPart {
  if (role === 'thinking') return { type: 'reasoning', content: text }
  if (role === 'tool') return { type: 'tool_call_response', response: text }
  if (role !== 'call') return { type: 'text', content: text }
  const [name, ...others] = text.split(' ')
  return { type: 'tool_call', name: name!, arguments: others.join(' ') }
}

/** An answer without a reason was broken off. */
function finishReasonOf(reason: FinishReason | undefined): string {
  if (reason === 'tool_calls') return 'tool_call'
  return reason ?? 'error'
}
