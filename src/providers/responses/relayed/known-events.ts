import type { ResponsesEvent } from '../read-event.ts'

/**
 * Whether clients of the API may know an event. Codex's own service sends others, such as `codex.rate_limits`. A sign of life
 * without a number is left out: a stream is resumed by the service's numbers, which a number of ours would shift.
 */
export function isKnown({ type, sequence_number: number }: ResponsesEvent): boolean {
  if (isSignOfLife(type)) return Number.isSafeInteger(number)
  return type.startsWith('response.') || type === 'error'
}

/** Whether an event only says that the service is alive. OpenAI's SDK knows it as `keepalive`. */
export function isSignOfLife(type: string): boolean {
  return type === 'keepalive' || type === 'ping'
}

/** Whether an event is for the other kind of calls than that of its item: xAI sends those of both kinds for each call. */
export function isForOtherKind(type: string, item: string | undefined): boolean {
  if (item === 'function_call') return type.startsWith('response.custom_tool_call_input.')
  if (item === 'custom_tool_call') return type.startsWith('response.function_call_arguments.')
  return false
}
