import type { Json } from '../../strict/shape.ts'
import { objectsOf } from '../../strict/shape.ts'
import type { Answer } from '../exchange.ts'

/**
 * Whether a provider sent arguments of a tool call that are not a JSON object. They are the model's words, which agents
 * return to it with the error, so that a stream passes them on, also one that is made of a whole answer.
 */
export function sendsBrokenArguments({ pieces }: Answer): boolean {
  const texts = new Map<unknown, string>()
  const wholes: string[] = []
  for (const line of pieces.join('').split(/\r\n|\n|\r/)) {
    const event = parse(line.replace(/^data: ?/, ''))
    // A block begins empty, whatever came under its index before.
    if (isObject(event) && event['type'] === 'content_block_start') texts.delete(event['index'])
    wholes.push(...wholesIn(event))
    for (const [call, text] of piecesIn(event)) texts.set(call, (texts.get(call) ?? '') + text)
  }
  return [...texts.values(), ...wholes].some(text => text !== '' && !isObject(parse(text)))
}

/** The arguments of whole calls in an answer of chat or Responses, or in an event with one. */
function wholesIn(answer: unknown): string[] {
  if (!isObject(answer)) return []
  const { response, item, output, choices } = answer
  const items = [item, ...objectsOf(output).map(([, one]) => one)]
  const calls = objectsOf(choices).flatMap(([, choice]) =>
    objectsOf((choice['message'] as Json | undefined)?.['tool_calls']).map(([, call]) => call['function']),
  )
  const texts = [...items, ...calls].map(call => (isObject(call) ? call['arguments'] : undefined))
  return [...texts.filter(text => typeof text === 'string'), ...wholesIn(response)]
}

/** The pieces of arguments in an event of any API, each with the index of its call. */
function piecesIn(event: unknown): [unknown, string][] {
  if (!isObject(event)) return []
  const { type, index, output_index: place, delta } = event
  // Every reader ignores events and deltas of types that it does not know.
  if (type === 'content_block_delta')
    return isObject(delta) &&
      delta['type'] === 'input_json_delta' &&
      typeof delta['partial_json'] === 'string'
      ? [[index, delta['partial_json']]]
      : []
  if (type === 'response.function_call_arguments.delta') return [[place, String(delta)]]
  return objectsOf(event['choices']).flatMap(([, choice]) =>
    objectsOf((choice['delta'] as Json | undefined)?.['tool_calls']).map(([, call]): [unknown, string] => [
      call['index'],
      (call as { function?: { arguments?: string } }).function?.arguments ?? '',
    ]),
  )
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
