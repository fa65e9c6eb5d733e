import type { Body, Hint } from './hint.ts'

/**
 * Fields of items that only their own service knows, and that say nothing to a model: the notes of Codex for OpenAI's
 * servers (https://github.com/Wei-Shaw/sub2api/issues/7066), and the state of an item that has ended
 * (https://github.com/openclaw/openclaw/issues/100657).
 */
const facts = ['internal_chat_message_metadata_passthrough', 'status'] as const

/** Hints in the input of a response. Clients send items back with all that their service has said. */
export const itemHints: Readonly<Record<string, Hint>> = Object.fromEntries(
  facts.map(fact => [
    `input[].${fact}`,
    {
      named: new RegExp(String.raw`\binput(?:\[\d+\]|\.\d+)?\.${fact}\b`),
      without: body => withoutOfItems(body, fact),
    } satisfies Hint,
  ]),
)

function withoutOfItems(body: Body, field: string): Body {
  const { input } = body
  if (!Array.isArray(input)) return body
  const changed = input.map((item: unknown) => (isObject(item) ? without(item, field) : item))
  return changed.every((item, index) => item === input[index]) ? body : { ...body, input: changed }
}

function without(item: Body, field: string): Body {
  if (!(field in item)) return item
  const { [field]: _field, ...rest } = item
  return rest
}

function isObject(value: unknown): value is Body {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
