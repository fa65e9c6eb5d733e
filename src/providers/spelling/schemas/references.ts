import { isObject, mapSchemas } from './walk.ts'
import type { Json } from './walk.ts'

/** Maximum references that are replaced in one schema: those inside others multiply. */
const mostReplaced = 1_000
/** References inside what others refer to are followed no further than this. */
const deepest = 32

/**
 * The schema with each reference to a part of itself replaced by that part, and without the definitions that are left over. One
 * that leads back to itself, to nothing or out of the schema is left out, which allows anything. The same object if there are
 * neither references nor definitions.
 */
export function withoutReferences(root: Json): Json {
  let replaced = 0
  const replace =
    (followed: readonly string[]) =>
    (schema: Json): Json => {
      const { $ref: reference, ...beside } = schema
      if (typeof reference !== 'string') return schema
      const isEndless = followed.includes(reference) || followed.length >= deepest
      const target = isEndless || replaced >= mostReplaced ? undefined : partOf(root, reference)
      if (!target) return beside
      replaced++
      return { ...mapSchemas(target, replace([...followed, reference])), ...beside }
    }
  const { $defs, definitions, ...used } = root
  return mapSchemas($defs === undefined && definitions === undefined ? root : used, replace([]))
}

/** The part of a schema that a JSON pointer in a fragment leads to (RFC 6901, section 6). */
function partOf(root: Json, reference: string): Json | undefined {
  if (!reference.startsWith('#/')) return undefined
  let part: unknown = root
  for (const step of reference.slice(2).split('/')) {
    if (!isObject(part)) return undefined
    const name = nameOf(step)
    part = Object.hasOwn(part, name) ? part[name] : undefined
  }
  return isObject(part) ? part : undefined
}

function nameOf(step: string): string {
  const unescaped = step.replaceAll('~1', '/').replaceAll('~0', '~')
  try {
    return decodeURIComponent(unescaped)
  } catch {
    return unescaped
  }
}
