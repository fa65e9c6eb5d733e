import { readMessage, settled } from './read-message.ts'
import { toChatEvents } from './events-to-chat.ts'
import { fromChatRequest } from './from-chat.ts'
import { toChatCompletion } from './to-chat.ts'
import { withReadableTurns, withoutForeignThinking, withoutThoughts } from './relayed-body.ts'
import { mayPause, pausedTurn } from './pauses/paused-turn.ts'
import { thinkingForms } from './thinking/forms.ts'
import { withFittingThinking } from './thinking/thinking.ts'
import { withFittingEnds, withFittingMarks } from './turns.ts'
import type { Kind } from '../kind.ts'

/**
 * Anthropic through its own Messages API, which has what its OpenAI-compatible one lacks: caching, thinking, schemas.
 */
export const anthropicKind: Kind = {
  name: 'anthropic',
  summary: 'Anthropic, through its Messages API',
  baseUrl: 'https://api.anthropic.com/v1',
  hosts: /^api\.anthropic\.com$/,
  auth: 'x-api-key',
  headers: { 'anthropic-version': '2023-06-01' },
  path: operation => (operation === 'chat' ? '/messages' : '/embeddings'),
  accepts: { cacheControl: true },
  continues,
  translation: {
    dialect: 'messages',
    request: (request, config) =>
      withFittingThinking({ ...withFittingMarks(withFittingEnds(fromChatRequest(request, config))) }),
    callIds: 'anthropic',
    thinking: thinkingForms,
    relayedBody: (body, model) => withReadableTurns(withoutForeignThinking(body, model), model),
    withoutSeals: (body, isUnwanted) =>
      withoutThoughts(body, ({ signature, data }) =>
        [signature, data].some(seal => typeof seal === 'string' && seal !== '' && isUnwanted(seal)),
      ),
    completion: toChatCompletion,
    mayPause,
    pausedTurn,
    events: toChatEvents,
    relayedAnswer: (answer, { model, usage }) => settled(readMessage(answer, model), usage),
  },
}

/** The generation of a Claude model, such as 4.5 for claude-sonnet-4-5-20250929. */
const generation = /claude-(?:[a-z]+-)?(\d)(?:[-.](\d))?(?!\d)/

/**
 * The fields with which a model continues a message: none are needed up to Claude 4.5, and later models refuse to, see
 * https://platform.claude.com/docs/en/about-claude/models/migration-guide.
 */
function continues(model: string): Readonly<Record<string, unknown>> | undefined {
  const [, major, minor = '0'] = generation.exec(model) ?? []
  return major !== undefined && Number(`${major}.${minor}`) < 4.6 ? {} : undefined
}
