/** A version or a size of a model in its name, such as `v2.1`, `14b`, `720p` or `-001`: its digits are not those of an id. */
const version = /(?<![a-z\d.])(?:v?\d+(?:\.\d+)+|\d+[bp]|(?<=[a-z\d]-[a-z]+-)00\d$)(?![a-z\d.])/gi
/** A number, three digits, or twenty characters in a row with a digit. */
const looksLikeId = /^\d+$|^(?:\D*\d){3}|(?=[a-z]{0,19}\d)[a-z\d]{20}/i
/** Many letters of mixed case behind a prefix. */
const longTail = /[_-](?=[a-z\d]*[A-Z])(?=[A-Z\d]*[a-z])[A-Za-z\d]{16,}$/
/** A short tail with a digit behind a prefix. */
const shortTail = /^([a-z]{3,})[_-](?!v\d+$)(?=[a-z]*\d)[a-z\d]+$/i

/** An endpoint without the ids of objects, as `GET /files/*`: a verdict holds for all of them. */
export function withoutIds(endpoint: string): string {
  const segments = endpoint.split('/')
  return segments.map((one, index) => (index > 1 && isId(one, segments[index - 1]!) ? '*' : one)).join('/')
}

/** Whether a segment of a path is an id and not a name, such as `text-to-speech` or `txt2img`, by the collection before it. */
function isId(segment: string, collection: string): boolean {
  if (looksLikeId.test(segment.replaceAll(version, '')) || longTail.test(segment)) return true
  const [, prefix] = shortTail.exec(segment) ?? []
  return prefix !== undefined && isNamedAfter(prefix.toLowerCase(), collection.toLowerCase())
}

/** Whether the prefix of an id is of its collection: `upload` of `uploads`, `conv` of `conversations`, `cfile` of `files`. */
function isNamedAfter(prefix: string, collection: string): boolean {
  const singulars = [/s$/, /es$/].map(plural => collection.replace(plural, ''))
  return (
    collection.startsWith(prefix) ||
    singulars.some(singular => singular.length > 2 && prefix.endsWith(singular))
  )
}
