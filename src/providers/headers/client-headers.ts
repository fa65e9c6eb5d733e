/** Headers of a client's request that say how its body is to be read, or whose key it comes with. */
export type ClientHeaders = Readonly<Record<string, string>>

/** Maximum length of a value; Claude Code's list of betas has about 300 characters. */
const maxLength = 4096
const visible = /^[\x20-\x7e]+$/

/** Headers that belong to a body, by its dialect: they are sent when the body is relayed. */
const bodyHeaders: Readonly<Record<string, readonly string[]>> = {
  messages: ['anthropic-beta', 'anthropic-version'],
  responses: ['openai-beta'],
  chat: ['openai-beta'],
}

/** The headers that belong to a body of a dialect. */
export function bodyHeadersOf(dialect: string): readonly string[] {
  return bodyHeaders[dialect] ?? []
}

/** Headers that name the account of a key: they are sent when the client's key is forwarded. */
export const accountHeaders = ['openai-organization', 'openai-project']

/** Headers with a list of values, which is merged with the list of the configuration. */
const lists: ReadonlySet<string> = new Set(['anthropic-beta', 'openai-beta'])

/** Names the session of a client, for `routing.affinity`; it is never sent. */
const sessionHeader = 'x-session-id'

const known = [...new Set([...Object.values(bodyHeaders).flat(), ...accountHeaders, sessionHeader])]

/** The place of a call in a trace; set by the server if it makes traces, never taken from the client as it is. */
export const traceHeader = 'traceparent'

/** Picks the headers of a request that a provider may need. A value with other than visible ASCII is ignored. */
export function clientHeadersOf(
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
): ClientHeaders | undefined {
  let picked: Record<string, string> | undefined
  for (const name of known) {
    const value = headers[name]
    if (typeof value !== 'string' || value.length > maxLength || !visible.test(value)) continue
    picked ??= {}
    picked[name] = value
  }
  return picked
}

/** The properties of a call that decide which of the client's headers are sent. */
export interface HeaderUse {
  /** The dialect of the client's body if it is relayed. */
  readonly relayed: string | undefined
  /** Whether the call is made with the client's own key. */
  readonly ownKey: boolean
  /** Names in lower case of the headers that the configuration sets; only their lists are extended. */
  readonly configured: ReadonlySet<string>
}

/** Adds the headers of the client that belong to the call to `headers`, a flat list of names and values. */
export function withClientHeaders(
  headers: readonly string[],
  client: ClientHeaders,
  { relayed, ownKey, configured }: HeaderUse,
): readonly string[] {
  const names = [
    ...(relayed === undefined ? [] : bodyHeadersOf(relayed)),
    ...(ownKey ? accountHeaders : []),
    traceHeader,
  ]
  let merged: string[] | undefined
  for (const name of names) {
    const value = client[name]
    if (value === undefined) continue
    if (configured.has(name) && !lists.has(name)) continue
    merged ??= [...headers]
    setHeader(merged, name, value)
  }
  return merged ?? headers
}

function setHeader(headers: string[], name: string, value: string): void {
  const at = headers.findIndex((each, index) => index % 2 === 0 && each === name)
  if (at < 0) headers.push(name, value)
  else headers[at + 1] = lists.has(name) ? mergeLists(headers[at + 1] ?? '', value) : value
}

/** Both lists as one, each value once. */
function mergeLists(ours: string, theirs: string): string {
  const values = `${ours},${theirs}`.split(',').map(value => value.trim())
  return [...new Set(values.filter(value => value !== ''))].join(',')
}
