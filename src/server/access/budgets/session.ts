import type { IncomingHttpHeaders } from 'node:http'
import { isObject } from '../../../dialects/check.ts'
import { parseJson } from '../../../text/json/parse.ts'

/** Clients name sessions as they like, so a name is at most this long. */
const maxLength = 512

/**
 * The headers that name a session, as clients send them: our own, Claude Code's, opencode's (the next two), Codex's in its
 * two spellings, Qwen Code's, LiteLLM's and Helicone's.
 */
const headerNames = [
  'x-session-id',
  'x-claude-code-session-id',
  'x-session-affinity',
  'x-opencode-session',
  'session-id',
  'session_id',
  'x-qwen-code-session-id',
  'x-litellm-session-id',
  'helicone-session-id',
] as const

/** The end of Claude Code's `metadata.user_id`, after the user and the account. */
const claudeSession = /_session_([\w-]{8,})$/

/**
 * A `prompt_cache_key` that can only be that of one session: a UUID, as Codex and pi send, or an id of opencode. Programs
 * also use a word for it that all their users share.
 */
const sessionKey = /^(?:[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}|ses_\w{8,})$/i

/** The session that the headers of a request name. */
export function sessionInHeaders(headers: IncomingHttpHeaders): string | undefined {
  for (const name of headerNames) {
    const session = nameIn(headers[name])
    if (session !== undefined) return session
  }
  return undefined
}

/**
 * The session that the body of a request names: by OpenRouter's `session_id`, by `metadata.session_id`, by Claude Code's
 * `metadata.user_id`, or by a `prompt_cache_key` of one session.
 */
export function sessionInBody(body: unknown): string | undefined {
  if (!isObject(body)) return undefined
  const metadata = isObject(body['metadata']) ? body['metadata'] : {}
  const key = body['prompt_cache_key']
  return (
    nameIn(body['session_id']) ??
    nameIn(metadata['session_id']) ??
    sessionInUserId(metadata['user_id']) ??
    (typeof key === 'string' && sessionKey.test(key) ? key : undefined)
  )
}

/** Newer versions of Claude Code send JSON there, older ones one word. */
function sessionInUserId(userId: unknown): string | undefined {
  if (typeof userId !== 'string' || userId.length > maxLength) return undefined
  if (!userId.startsWith('{')) return claudeSession.exec(userId)?.[1]
  try {
    const fields: unknown = parseJson(userId)
    return isObject(fields) ? nameIn(fields['session_id']) : undefined
  } catch {
    return undefined
  }
}

function nameIn(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value.slice(0, maxLength) : undefined
}
