type Body = Readonly<Record<string, unknown>>

/**
 * Fields of tools and of marks for the cache that say how to load or to cache them, not what they are: without them, a
 * request asks for the same. In the spelling under which their refusal is remembered.
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
