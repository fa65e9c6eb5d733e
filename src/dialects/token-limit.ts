/** OpenAI's models that refuse `max_tokens`. Not every other service knows the newer name, so the rest get the older. */
const reasoning = /(^|[-/:])(o[1-9]|gpt-[5-9])/

/** The most tokens an answer may have, under the name that the model's service is likely to know. */
export function tokenLimit(model: string, most: number | null | undefined): Record<string, number> {
  if (most == null) return {}
  return reasoning.test(model) ? { max_completion_tokens: most } : { max_tokens: most }
}
