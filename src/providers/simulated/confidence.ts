/** The log probability of a word, with those of the likeliest in its place. */
export interface WordLogprob {
  readonly token: string
  readonly logprob: number
  readonly bytes: null
  readonly top_logprobs: readonly { readonly token: string; readonly logprob: number; readonly bytes: null }[]
}

/** Alternatives in `top_logprobs`; none unless a request asks for them. */
const maxAlternatives = 20

/**
 * Draws the log probabilities of the words of an answer, around a mean that is higher for a right answer: `says` is how much it
 * depends on that, from 0 to 1.
 */
export function logprobsFor(
  words: readonly string[],
  {
    isRight,
    says,
    alternatives,
  }: { readonly isRight: boolean; readonly says: number; readonly alternatives: number },
  random: () => number,
): readonly WordLogprob[] {
  const truth = isRight ? 1 : -1
  const noise = random() + random() + random() - 1.5
  // Between about -2.2 and -0.2.
  const mean = -1.2 + 0.8 * (says * truth + (1 - says) * noise)
  return words.map(token => {
    const logprob = Math.min(-0.001, mean + 0.3 * (random() - 0.5))
    const others = Math.min(alternatives, maxAlternatives)
    const top_logprobs = Array.from({ length: others }, (_, rank) => ({
      token: rank === 0 ? token : `${token.trim()}${rank}`,
      // The surer of the first, the less likely are the others.
      logprob: rank === 0 ? logprob : -2 * rank - 2 / -logprob / 10,
      bytes: null,
    }))
    return { token, logprob, bytes: null, top_logprobs }
  })
}
