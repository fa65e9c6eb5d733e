/** The current Unix time in whole seconds, as OpenAI's `created` holds it. */
export function unixSeconds(): number {
  return Math.floor(Date.now() / 1000)
}
