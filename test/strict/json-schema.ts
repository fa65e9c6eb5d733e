import { isObject, objectsOf, violation } from './shape.ts'
import type { Json, Path } from './shape.ts'

/** A schema and each schema inside it, with its place. */
export function schemasIn(schema: unknown, path: Path): (readonly [Path, Json])[] {
  if (!isObject(schema)) return []
  const named = ['properties', '$defs', 'definitions'].flatMap(field =>
    Object.entries(isObject(schema[field]) ? schema[field] : {}).flatMap(([name, each]) =>
      schemasIn(each, [...path, field, name]),
    ),
  )
  const listed = ['anyOf', 'oneOf', 'allOf'].flatMap(field =>
    objectsOf(schema[field]).flatMap(([index, each]) => schemasIn(each, [...path, field, index])),
  )
  return [[path, schema], ...named, ...listed, ...schemasIn(schema['items'], [...path, 'items'])]
}

/** Whether a schema allows a value of a type. */
export function saysType(schema: Json, type: string): boolean {
  return [schema['type']].flat().includes(type)
}

/** Lists declare their items. https://github.com/cline/cline/issues/7339 */
export function arraysWithoutItems(schema: unknown, path: Path): string[] {
  return schemasIn(schema, path)
    .filter(([, each]) => saysType(each, 'array') && !('items' in each) && !('prefixItems' in each))
    .map(([place]) => violation(place, 'an array needs items'))
}

/**
 * The rules of a schema that OpenAI is to keep strictly: objects closed, every property required, an object at the root.
 * https://developers.openai.com/api/docs/guides/structured-outputs,
 * https://github.com/dottxt-ai/outlines/issues/1666
 */
export function strictSchemaViolations(schema: unknown, path: Path): string[] {
  if (!isObject(schema)) return []
  const root =
    saysType(schema, 'object') && !('anyOf' in schema)
      ? []
      : [violation(path, 'a strict schema is an object at its root')]
  return [...root, ...schemasIn(schema, path).flatMap(([place, each]) => openObject(each, place))]
}

function openObject(schema: Json, path: Path): string[] {
  if (!saysType(schema, 'object')) return []
  const properties = Object.keys(isObject(schema['properties']) ? schema['properties'] : {})
  const required = [schema['required'] ?? []].flat()
  const optional = properties.filter(name => !required.includes(name))
  return [
    ...(schema['additionalProperties'] === false
      ? []
      : [violation(path, 'a strict object has additionalProperties: false')]),
    ...(optional.length === 0 ? [] : [violation(path, `a strict object requires ${optional.join(', ')}`)]),
  ]
}
