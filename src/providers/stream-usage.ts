import type { ChatRequest } from '../contract/index.ts'

/** Whether the request itself asks for the usage of its stream (`stream_options.include_usage`). */
export function wantsStreamUsage(request: ChatRequest): boolean {
  return (request['stream_options'] as { include_usage?: unknown } | null | undefined)?.include_usage === true
}
