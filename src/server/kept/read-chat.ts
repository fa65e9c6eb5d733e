import type { FastifyRequest } from 'fastify'
import type { Dialect, Incoming, ReadOptions } from '../../dialects/dialect.ts'
import { isObject } from '../../dialects/check.ts'
import { KeptThoughts } from './kept-thoughts.ts'
import { keyPrefixOf } from './key-prefix.ts'
import { SeenAnswer } from './seen-answer.ts'

/**
 * Reads a chat request that offers tools: the thoughts behind its earlier calls are noted, and those of its answer are kept
 * before it ends.
 */
export async function readChatWithTools(
  dialect: Dialect,
  request: FastifyRequest,
  options: ReadOptions,
): Promise<Incoming> {
  const { server, body } = request
  const { kept_responses: settings } = server.currentConfig.value
  const messages = isObject(body) ? body['messages'] : undefined
  if (!settings.enabled || !Array.isArray(messages)) return dialect.read(body, options)
  const thoughts = new KeptThoughts(server.store.values, keyPrefixOf('thoughts', request), settings)
  await thoughts.note(messages)
  const incoming = dialect.read(body, options)
  const seen = new SeenAnswer()
  return {
    ...incoming,
    encoder: seen.watching(incoming.encoder),
    onRelayed: text => seen.relayed(text),
    beforeEnd: async () => {
      // An answer that cannot be put together has no calls that a client could make.
      const completion = await seen.completion().catch(() => undefined)
      if (completion) await thoughts.keep(messages, completion)
    },
  }
}
