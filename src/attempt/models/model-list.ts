import { ByteList } from '../../http/pieces/byte-list.ts'
import { jsonOrUndefined } from '../../text/json/parse.ts'

/** Maximum bytes of a list that is read; the largest services have about one million. */
const maxBytes = 4 * 1024 * 1024
/** Maximum models of one provider that are listed. */
const maxModels = 5_000
/** A name that can be shown and requested. */
const name = /^[^\p{C}\p{Z}]{1,256}$/u

/**
 * The names of the models in a provider's list; undefined if it is not a list, or too long to read. Rejects if it
 * breaks off.
 */
export async function readModelList(body: AsyncIterable<Uint8Array>): Promise<readonly string[] | undefined> {
  const received = new ByteList()
  for await (const bytes of body) {
    received.add(bytes)
    if (received.length > maxBytes) return undefined
  }
  return namesIn(jsonOrUndefined(received.whole().toString('utf8')))
}

/** The list is in `data`, in `models`, or the body itself; an entry has an `id`, or only a `name`. */
function namesIn(value: unknown): readonly string[] | undefined {
  const { data, models } = fieldsOf(value)
  const list = [data, models, value].find(Array.isArray) as readonly unknown[] | undefined
  if (!list) return undefined
  const names = list.slice(0, maxModels).map(entry => fieldsOf(entry)['id'] ?? fieldsOf(entry)['name'])
  return [...new Set(names.filter(isName))]
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && name.test(value)
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}
