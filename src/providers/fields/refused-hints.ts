import { googleSchema } from '../spelling/schemas/google.ts'
import { forcedTools } from './forced-tools.ts'
import { isObject, without } from './hint.ts'
import type { Body, Hint } from './hint.ts'
import { itemHints } from './item-hints.ts'
import { messageHints } from './message-hints.ts'
import { refusedToolType, withoutToolTypes } from './refused-tools.ts'
import { turnHints } from './turn-hints.ts'

/** By the names under which refusals are remembered. */
const hints: Readonly<Record<string, Hint>> = {
  'tools[].defer_loading': {
    named: /\bdefer_loading\b/,
    without: body => withoutOfTools(body, 'defer_loading'),
  },
  'tools[].eager_input_streaming': {
    named: /\beager_input_streaming\b/,
    without: body => withoutOfTools(body, 'eager_input_streaming'),
  },
  'tools[].input_examples': {
    named: /\binput_examples\b/,
    without: body => withoutOfTools(body, 'input_examples'),
  },
  'tools[].strict': {
    named: /\btools?\b.{0,80}\bstrict\b/is,
    without: body => withoutOfTools(body, 'strict'),
  },
  // Google's, behind gateways: https://github.com/databricks/unity-gateway/issues/491
  'keywords of schemas': {
    named:
      /\bunknown name (["'`])[$\w]+\1 at .{0,80}\bfunction_declarations\b|\bonly 'enum' and 'date-time' are supported\b/i,
    alone: true,
    without: body => withTools(body, withGoogleSchema),
  },
  'cache_control.scope': {
    named: /\bcache_control[\w.]*\.scope\b/,
    without: body => withoutScope(body) as Body,
  },
  // Claude since 4.1, and Claude since 4.7: https://github.com/BerriAI/litellm/issues/15097
  'temperature or top_p of 1': {
    named:
      /\btemperature\b.{0,12}\btop_p\b.{0,8}\bcannot both be\b|\b(?:temperature|top_p)\b.{0,8}\bdeprecated\b/is,
    alone: true,
    without: withoutDefaults,
  },
  // Betas of Anthropic that Copilot CLI and Claude Code ask for, whatever is behind their address.
  'thinking.block_binding': {
    named: /\bthinking\.(?:\w+\.)?block_binding\b/,
    without: body => withoutOfThinking(body, 'block_binding'),
  },
  'thinking.display': {
    named: /\bthinking\.(?:\w+\.)?display\b/,
    without: body => withoutOfThinking(body, 'display'),
  },
  // A service that has no field for the effort: https://github.com/mirrorange/clove/issues/40
  'output_config with an effort': {
    named: /(?:^|[\s'"])output_config: /,
    without: body => (isEffortAlone(body['output_config']) ? without(body, 'output_config') : body),
  },
  ...itemHints,
  ...messageHints,
  ...turnHints,
  ...forcedTools,
}

/** The first hint that a message refuses and the body has. `isUnknown`: whether it says that the service does not know something. */
export function hintNamedIn(message: string, isUnknown: boolean, sent: () => object): string | undefined {
  const refused = Object.entries(hints).filter(
    ([, { named, alone = false }]) => (alone || isUnknown) && named.test(message),
  )
  // The body is read only for them.
  if (refused.length === 0) return refusedToolType(message, sent)
  const body = sent() as Body
  return refused.find(([, hint]) => hint.without(body) !== body)?.[0] ?? refusedToolType(message, sent)
}

/** The body without the hints that were refused; the same object if it has none of them. */
export function withoutHints<T extends Body>(body: T, dropped: ReadonlySet<string>): T | Body {
  let result: T | Body = withoutToolTypes(body, dropped)
  for (const name of dropped) result = Object.hasOwn(hints, name) ? hints[name]!.without(result) : result
  return result
}

/** The body without sampling that is the default of every service whose models refuse to be told. */
function withoutDefaults(body: Body): Body {
  return ['temperature', 'top_p'].reduce(
    (left, field) => (left[field] === 1 ? without(left, field) : left),
    body,
  )
}

/** Any other field shapes the answer. */
function isEffortAlone(value: unknown): boolean {
  return isObject(value) && Object.keys(value).join() === 'effort'
}

function withoutOfThinking(body: Body, field: string): Body {
  const { thinking } = body
  return isObject(thinking) && field in thinking ? { ...body, thinking: without(thinking, field) } : body
}

function withoutOfTools(body: Body, field: string): Body {
  return withTools(body, tool => withoutOfTool(tool, field))
}

function withTools(body: Body, change: (tool: Body) => Body): Body {
  const { tools } = body
  if (!Array.isArray(tools)) return body
  const changed = tools.map((tool: unknown) => (isObject(tool) ? change(tool) : tool))
  return changed.every((tool, index) => tool === tools[index]) ? body : { ...body, tools: changed }
}

/** The tool with its parameters in Google's keywords, in the place that the API has for them. */
function withGoogleSchema(tool: Body): Body {
  const { function: called } = tool
  if (isObject(called)) {
    const fitting = withGoogleSchema(called)
    return fitting === called ? tool : { ...tool, function: fitting }
  }
  for (const place of ['parameters', 'input_schema']) {
    const schema = tool[place]
    const fitting = isObject(schema) ? googleSchema(schema) : schema
    if (fitting !== schema) return { ...tool, [place]: fitting }
  }
  return tool
}

function withoutOfTool(tool: Body, field: string): Body {
  const { function: called } = tool
  if (isObject(called) && field in called) return { ...tool, function: without(called, field) }
  return without(tool, field)
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
