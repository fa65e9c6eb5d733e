import type { Random } from '../random.ts'
import { oddIndices, oddValue } from './values.ts'

type Container = Record<string, unknown> | unknown[]

/** A copy of a JSON value with one change somewhere in it. */
export function mutateTree(random: Random, value: unknown): unknown {
  const copy: unknown = structuredClone(value)
  const places = placesOf(copy)
  if (places.length === 0 || random.chance(0.02)) return oddValue(random)
  const hot = places.filter(({ key }) => decisive.has(key))
  change(random, random.pick(hot.length > 0 && random.chance(0.4) ? hot : places))
  return copy
}

/** Fields by which a reader makes decisions or addresses something. */
const decisive: ReadonlySet<string | number> = new Set([
  'index',
  'output_index',
  'content_index',
  'choices',
  'delta',
  'message',
  'tool_calls',
  'function',
  'finish_reason',
  'usage',
  'content',
  'type',
])

interface Place {
  readonly container: Container
  readonly key: string | number
}

/** Every field and item; nested ones are as likely as outer ones. */
function placesOf(value: unknown): Place[] {
  if (typeof value !== 'object' || value === null) return []
  const container = value as Container
  const keys = Array.isArray(container) ? [...container.keys()] : Object.keys(container)
  return keys.flatMap(key => [{ container, key }, ...placesOf(container[key as never])])
}

function change(random: Random, { container, key }: Place): void {
  if (String(key).endsWith('index') && random.chance(0.6)) {
    set(container, key, random.pick(oddIndices))
    return
  }
  const now = container[key as never] as unknown
  const act = random.weighted<() => void>([
    [6, () => set(container, key, oddValue(random))],
    [4, () => remove(container, key)],
    [1, () => set(container, key, [now])],
    [1, () => set(container, key, { [String(key)]: now })],
    [1, () => set(container, random.pick(extraFields), oddValue(random))],
    [1, () => set(container, random.pick(extraFields), now)],
    [1, () => Array.isArray(container) && container.splice(Number(key), 0, structuredClone(now))],
  ])
  act()
}

const extraFields = [
  'index',
  'id',
  'type',
  'error',
  'usage',
  'content',
  'delta',
  'message',
  'tool_calls',
  'finish_reason',
  'text',
  'function_call',
  'annotations',
  'audio',
  'reasoning_content',
  'reasoning_details',
  'thinking_blocks',
  'refusal',
  'logprobs',
  'content_filter_results',
  'choices',
  'output',
  '__proto__',
  'constructor',
  'toString',
  'map',
  'length',
]

function set(container: Container, key: string | number, value: unknown): void {
  // An assignment to `__proto__` would change the prototype of the container.
  const place = Array.isArray(container) && typeof key === 'string' ? container.length : key
  Object.defineProperty(container, place, { value, enumerable: true, configurable: true, writable: true })
}

function remove(container: Container, key: string | number): void {
  if (Array.isArray(container)) container.splice(Number(key), 1)
  else delete container[key]
}
