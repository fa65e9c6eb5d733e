/** Whether clients of the API may know an event. Codex's own service sends others, such as `codex.rate_limits`. */
export function isKnown(type: string): boolean {
  return type.startsWith('response.') || type === 'error'
}

/** Whether an event only says that the service is alive. OpenAI's SDK knows it as `keepalive`. */
export function isSignOfLife(type: string): boolean {
  return type === 'keepalive' || type === 'ping'
}

/** Events of one kind of call, by the type of the items of the other. */
const ofOthers: ReadonlyMap<string | undefined, string> = new Map([
  ['function_call', 'response.custom_tool_call_input.'],
  ['custom_tool_call', 'response.function_call_arguments.'],
])

/** Whether an event is one of calls of the other kind than an item: xAI sends those of both for each call. */
export function isOfOtherCalls(type: string, item: string | undefined): boolean {
  return type.startsWith(ofOthers.get(item) ?? ' ')
}
