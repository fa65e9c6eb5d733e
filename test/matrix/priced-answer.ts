import { json } from '../fake-provider.ts'

/** The price of a provider: 1000 prompt tokens are one dollar, as many completion tokens two. */
export const price = { input: 1000, output: 2000 }

/** Usage that costs 2 USD at that price. */
export const usage = { prompt_tokens: 1000, completion_tokens: 500, total_tokens: 1500 }

/** A whole answer with this usage. */
export const pricedAnswer = json({
  id: 'c1',
  object: 'chat.completion',
  created: 1,
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content: 'fine' }, finish_reason: 'stop' }],
  usage,
})
