type Body = Readonly<Record<string, unknown>>

/**
 * Fields of tools, cache marks and messages that only say how to load or cache something, or say nothing: a request without
 * them asks for the same. The keys are the names under which refusals are remembered.
 */
const hints: Readonly<Record<string, { readonly named: RegExp; readonly without: (body: Body) => Body }>> = {
  'tools[].defer_loading': {
    named: /\bdefer_loading\b/,
    without: body => withoutOfTools(body, 'defer_loading'),
  },
  'tools[].eager_input_streaming': {
    named: /\beager_input_streaming\b/,
    without: body => withoutOfTools(body, 'eager_input_streaming'),
  },
  'cache_control.scope': {
    named: /\bcache_control[\w.]*\.scope\b/,
    without: body => withoutScope(body) as Body,
  },
  'empty fields of messages': {
    named: /\bmessages\b.{0,120}\b(?:refusal|audio|function_call|tool_calls|annotations)\b/s,
    without: withoutEmptyFields,
  },
}

/** The hint that a message is about, if the body has it. */
export function hintNamedIn(message: string, sent: () => object): string | undefined {
  const name = Object.keys(hints).find(each => hints[each]!.named.test(message))
  if (name === undefined) return undefined
  const body = sent() as Body
  return hints[name]!.without(body) === body ? undefined : name
}

/** The body without the hints that were refused; the same object if it has none of them. */
export function withoutHints<T extends Body>(body: T, dropped: ReadonlySet<string>): T | Body {
  let result: T | Body = body
  for (const name of dropped) result = Object.hasOwn(hints, name) ? hints[name]!.without(result) : result
  return result
}

/** The body without empty fields in its messages: clients send answers back with all of theirs. */
function withoutEmptyFields(body: Body): Body {
  const { messages } = body
  if (!Array.isArray(messages)) return body
  const changed = messages.map((message: unknown) => {
    if (!isObject(message)) return message
    const fields = Object.entries(message)
    const kept = fields.filter(([name, value]) => name === 'content' || !isEmpty(name, value))
    return kept.length === fields.length ? message : Object.fromEntries(kept)
  })
  return changed.every((message, index) => message === messages[index])
    ? body
    : { ...body, messages: changed }
}

/** Annotations tell where an answer is from: no service reads them. */
function isEmpty(name: string, value: unknown): boolean {
  return value === null || name === 'annotations'
}

function withoutOfTools(body: Body, field: string): Body {
  const { tools } = body
  if (!Array.isArray(tools)) return body
  const changed = tools.map((tool: unknown) =>
    isObject(tool) && field in tool ? without(tool, field) : tool,
  )
  return changed.every((tool, index) => tool === tools[index]) ? body : { ...body, tools: changed }
}

/** A value in which no mark for the cache has a scope; the same one if none had. The content of tools is left alone. */
function withoutScope(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = value.map(withoutScope)
    return items.every((item, index) => item === value[index]) ? value : items
  }
  if (!isObject(value)) return value
  let result = value
  for (const [key, inner] of Object.entries(value)) {
    if (!places.has(key)) continue
    const changed =
      key === 'cache_control' && isObject(inner) && 'scope' in inner
        ? without(inner, 'scope')
        : withoutScope(inner)
    if (changed !== inner) result = { ...result, [key]: changed }
  }
  return result
}

/** The fields on the way to a mark for the cache. */
const places: ReadonlySet<string> = new Set(['system', 'messages', 'content', 'tools', 'cache_control'])

function without(object: Body, field: string): Body {
  const { [field]: _field, ...rest } = object
  return rest
}

function isObject(value: unknown): value is Body {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
