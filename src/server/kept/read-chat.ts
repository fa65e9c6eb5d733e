import type { FastifyRequest } from 'fastify'
import type { Dialect, Incoming, ReadOptions } from '../../dialects/dialect.ts'
import { isObject } from '../../dialects/check.ts'
import { withEarlierMessages } from '../../dialects/conversation/earlier-turns.ts'
import { isPlainChat } from '../../dialects/plain-chat.ts'
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
  const { server, body: given } = request
  const { kept_responses: settings } = server.currentConfig.value
  if (!settings.enabled || !isObject(given)) return dialect.read(given, options)
  // Thoughts are noted with the messages that are sent, in which calls and results have their place.
  const body = isPlainChat(given) ? given : withEarlierMessages(given)
  const { messages } = body
  if (!Array.isArray(messages)) return dialect.read(given, options)
  const thoughts = new KeptThoughts(server.store.values, keyPrefixOf('thoughts', request), settings)
  await thoughts.note(messages)
  const incoming = dialect.read(body, body === given ? options : { ...options, bytes: undefined })
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
