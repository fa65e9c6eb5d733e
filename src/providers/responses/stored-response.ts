import { storedId } from '../../text/stored-id.ts'

/**
 * Creates a function that replaces a provider's ids with ours in a complete response or the events of one stream, and
 * leaves everything else unchanged. Only whole JSON strings match: inside another text, the quotes would be escaped.
 */
export function withStoredIds(provider: string, known: readonly string[] = []): (text: string) => string {
  let ids = known
  return text => {
    if (ids.length === 0) ids = idsIn(text)
    return ids.reduce((rewritten, id) => {
      return rewritten.replaceAll(JSON.stringify(id), JSON.stringify(storedId({ provider, id })))
    }, text)
  }
}

/** The ids of the response and of the previous one. */
function idsIn(text: string): readonly string[] {
  const data = text.startsWith('{') ? text : (/^data: ?(.*"response".*)$/m.exec(text)?.[1] ?? 'null')
  try {
    const value = JSON.parse(data) as { response?: object } | null
    const { id, previous_response_id: previous } = (value?.response ?? value ?? {}) as Record<string, unknown>
    return [id, previous].filter(one => typeof one === 'string')
  } catch {
    // Text that is not JSON is refused by its reader.
    return []
  }
}
