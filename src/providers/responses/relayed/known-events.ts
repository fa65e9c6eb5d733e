/** Whether clients of the API may know an event. Codex's own service sends others, such as `codex.rate_limits`. */
export function isKnown(type: string): boolean {
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
