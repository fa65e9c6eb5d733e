import { storedId } from '../../text/stored-id.ts'

/**
 * Puts our ids in the place of a provider's in a whole response or the events of one stream; everything else stays as it
 * came. An id stands there as a JSON string, which within another text would have its quotes escaped.
 */
export function withStoredIds(provider: string, known: readonly string[] = []): (text: string) => string {
  let ids = known
  return text => {
    if (ids.length === 0) ids = idsIn(text)
    return ids.reduce((told, id) => {
      return told.replaceAll(JSON.stringify(id), JSON.stringify(storedId({ provider, id })))
    }, text)
  }
}

/** The id of the response, and of the one before it. */
function idsIn(text: string): readonly string[] {
  const data = text.startsWith('{') ? text : (/^data: ?(.*"response".*)$/m.exec(text)?.[1] ?? 'null')
  try {
    const value = JSON.parse(data) as { response?: object } | null
    const { id, previous_response_id: previous } = (value?.response ?? value ?? {}) as Record<string, unknown>
    return [id, previous].filter(one => typeof one === 'string')
  } catch {
    // What is no JSON is refused by those who read it.
    return []
  }
}
