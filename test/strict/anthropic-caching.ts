import { given, isObject, objectsOf, violation } from './shape.ts'
import type { Json, Path } from './shape.ts'

/** A cache mark with its place, in the order in which the service reads them. */
type Mark = readonly [Path, Json]

/**
 * At most four marks, longer lives before shorter ones, in the order tools, system, messages.
 * https://platform.claude.com/docs/en/build-with-claude/prompt-caching,
 * https://github.com/griffinmartin/opencode-claude-auth/issues/121
 */
export function cachingViolations(body: Json): string[] {
  const marks = [
    ...marksOf(body['tools'], ['tools']),
    ...marksOf(body['system'], ['system']),
    ...objectsOf(body['messages']).flatMap(([index, { content }]) =>
      marksOf(content, ['messages', index, 'content']),
    ),
  ]
  const short = marks.findIndex(([, { ttl }]) => ttl !== '1h')
  return [
    ...marks.slice(4).map(([path]) => violation(path, 'at most 4 blocks have cache_control')),
    ...marks
      .filter(([, { ttl }], at) => ttl === '1h' && short >= 0 && at > short)
      .map(([path]) => violation(path, 'an hour must not come after five minutes')),
  ]
}

function marksOf(list: unknown, path: Path): Mark[] {
  return objectsOf(list).flatMap(([index, block]) => {
    const place = [...path, index]
    const own = block['cache_control']
    const inner = marksOf(block['content'], [...place, 'content'])
    if (!given(own)) return inner
    return [...inner, [[...place, 'cache_control'], isObject(own) ? own : {}] as const]
  })
}
