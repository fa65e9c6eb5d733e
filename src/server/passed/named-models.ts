import { isObject } from '../../dialects/check.ts'

/** Segments of paths that come before the name of a model. */
const markers: ReadonlySet<string> = new Set(['model', 'models', 'deployments', 'engines'])
/** The verb that some services put behind a name, as in `models/NAME:generateContent`. A tag such as `:8b` belongs to the name. */
const verb = /:\w*(?:generate|predict|embed|count|compute|invoke|train|tune)\w*$/i
/** A field that names a model. Some services ignore the case of names. */
const field = /^models?$/i

/** A field that says where the requests of a batch are: `input_file_id`, or Azure's `input_blob`. */
const inputField = /^input/i

/**
 * The models that a request names in its path, its query and anywhere in its JSON body, and an empty name for a batch whose
 * requests are elsewhere. An endpoint that this server does not know may go by any of them.
 */
export function modelsNamedIn(path: string, body: unknown): readonly string[] {
  const [route = '', query = ''] = path.split('?')
  const segments = route.split('/').map(decodeURIComponent)
  const names = [...inRoute(segments), ...inQuery(query)]
  addNamesIn(body, names)
  if (segments.at(-1)?.toLowerCase() === 'batches' && !hasItsRequests(body)) names.push('')
  return [...new Set(names)]
}

function hasItsRequests(batch: unknown): boolean {
  if (!isObject(batch) || !Array.isArray(batch['requests'])) return false
  return !Object.keys(batch).some(name => inputField.test(name))
}

function inRoute(segments: readonly string[]): string[] {
  const marked = segments.flatMap((segment, at) => {
    const rest = markers.has(segment.toLowerCase()) ? segments.slice(at + 1) : []
    if (rest.length === 0) return []
    // Names may have slashes, and end with the verb.
    const end = rest.findIndex(part => verb.test(part))
    return [rest.slice(0, end === -1 ? 1 : end + 1).join('/')]
  })
  const named = marked.length > 0 ? marked : segments.filter(segment => verb.test(segment))
  return named.map(name => name.replace(verb, ''))
}

function inQuery(query: string): string[] {
  return [...new URLSearchParams(query)].filter(([name]) => field.test(name)).map(([, value]) => value)
}

/** Adds all names in a value, without recursion: bodies may be nested as deep as their bytes allow. */
function addNamesIn(body: unknown, names: string[]): void {
  const open: unknown[] = [body]
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (Array.isArray(value)) for (const item of value) open.push(item)
    if (!isObject(value)) continue
    for (const [name, inner] of Object.entries(value)) {
      if (inner === undefined) continue
      open.push(inner)
      if (!field.test(name)) continue
      for (const one of Array.isArray(inner) ? inner : [inner]) if (typeof one === 'string') names.push(one)
    }
  }
}
