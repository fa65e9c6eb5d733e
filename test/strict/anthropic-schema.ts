import { saysType, schemasIn } from './json-schema.ts'
import { isObject, objectsOf, violation } from './shape.ts'
import type { Json, Path } from './shape.ts'

/** https://github.com/BerriAI/litellm/pull/20813, https://github.com/laravel/ai/issues/715 */
const limits = [
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'minLength',
  'maxLength',
  'maxItems',
]

/**
 * The rules of a schema that the model is to keep: of the answer, and of strict tools.
 * https://platform.claude.com/docs/en/build-with-claude/structured-outputs
 */
export function strictSchemas(body: Json): string[] {
  const config = isObject(body['output_config']) ? body['output_config'] : {}
  const format = isObject(config['format']) ? config['format'] : {}
  const tools = objectsOf(body['tools']).filter(([, { strict }]) => strict === true)
  return [
    ...schemaViolations(format['schema'], ['output_config', 'format', 'schema']),
    ...tools.flatMap(([index, tool]) =>
      schemaViolations(tool['input_schema'], ['tools', index, 'input_schema']),
    ),
  ]
}

function schemaViolations(schema: unknown, path: Path): string[] {
  return schemasIn(schema, path).flatMap(([place, each]) => [
    ...(saysType(each, 'object') && each['additionalProperties'] !== false
      ? [violation(place, 'an object has additionalProperties: false')]
      : []),
    ...limits.filter(name => name in each).map(name => violation([...place, name], 'is not supported')),
    ...(((each['minItems'] ?? 0) as number) > 1 ? [violation([...place, 'minItems'], 'is 0 or 1')] : []),
  ])
}
