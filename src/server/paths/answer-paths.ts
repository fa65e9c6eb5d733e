/** The paths at which models answer, without the prefix. */
export const answerPaths = {
  chat: '/chat/completions',
  completions: '/completions',
  responses: '/responses',
  messages: '/messages',
  embeddings: '/embeddings',
} as const
