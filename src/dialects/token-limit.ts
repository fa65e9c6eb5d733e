/** OpenAI's models that reject `max_tokens`. Other models get that older name, which every service knows. */
const reasoning = /(^|[-/:])(o[1-9]|gpt-[5-9])/

/** The maximum tokens of an answer, under the name that the model's service is likely to accept. */
export function tokenLimit(model: string, limit: number | null | undefined): Record<string, number> {
  if (limit == null) return {}
  return reasoning.test(model) ? { max_completion_tokens: limit } : { max_tokens: limit }
}
