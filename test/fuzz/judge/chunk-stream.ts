import { objectsOf, shapeViolations } from '../../strict/shape.ts'
import { chunks } from './shapes.ts'
import type { ReceivedEvent, StreamVerdict } from './stream.ts'

/** Judges a stream of chunks, as in chat and legacy completions. */
export function judgeChunks(
  dialect: 'chat' | 'completions',
  events: readonly ReceivedEvent[],
): StreamVerdict {
  const done = events.findIndex(({ data }) => data === '[DONE]')
  const failed = events.some(({ json }) => typeof json === 'object' && json !== null && 'error' in json)
  const wrong: string[] = []
  if (done !== -1 && done !== events.length - 1) wrong.push('an event follows [DONE]')
  if (done !== -1 && failed) wrong.push('[DONE] follows an error')
  const open = new Map<number, string>()
  const calls = new Map<string, { id: string; name: string }>()
  for (const { data, json } of events) {
    if (data === '[DONE]') continue
    if (typeof json === 'object' && json !== null && 'error' in json) continue
    wrong.push(...shapeViolations(chunks[dialect], json))
    if (wrong.length > 0) break
    for (const [, choice] of objectsOf((json as { choices?: unknown }).choices)) {
      const index = choice['index'] as number
      if (choice['finish_reason']) open.set(index, 'finished')
      else if (!open.has(index)) open.set(index, 'open')
      collectCalls(calls, index, choice['delta'])
    }
  }
  const isComplete = done !== -1
  if (isComplete && wrong.length === 0) {
    if (open.size === 0) wrong.push('a stream ends without any choice')
    if ([...open.values()].includes('open')) wrong.push('a stream ends before one of its choices')
    if ([...calls.values()].some(({ id, name }) => id === '' || name === ''))
      wrong.push('a tool call ends without an id or a name')
  }
  return { wrong, ending: failed ? 'failed' : isComplete ? 'complete' : 'open' }
}

function collectCalls(
  calls: Map<string, { id: string; name: string }>,
  choice: number,
  delta: unknown,
): void {
  if (typeof delta !== 'object' || delta === null) return
  for (const [, call] of objectsOf((delta as { tool_calls?: unknown }).tool_calls)) {
    const key = `${choice}/${String(call['index'])}`
    const { name } = (call['function'] ?? {}) as { name?: unknown }
    const known = calls.get(key) ?? { id: '', name: '' }
    if (typeof call['id'] === 'string') known.id += call['id']
    if (typeof name === 'string') known.name += name
    calls.set(key, known)
  }
}
