/** The value of a run of a scenario; the first is best. */
export type Verdict = 'pass' | 'partial' | 'safe' | 'fail'

/** A scenario of the public failoverbench (methodology 0.1), in our words. */
export interface Row {
  readonly id: string
  readonly title: string
  readonly fault: string
  /** The conduct that passes. */
  readonly passes: string
  readonly verdict: Verdict
}

const row = (id: string, title: string, fault: string, passes: string, verdict: Verdict = 'pass'): Row => ({
  id,
  title,
  fault,
  passes,
  verdict,
})

/** The scenarios in order, with the verdict that `streams.test.ts` asserts. */
export const rows: readonly Row[] = [
  row(
    'S01',
    '429 with Retry-After',
    'the first call is limited and told to wait',
    'it waits that long and asks again',
  ),
  row('S02', '429 without Retry-After', 'every call is limited', 'few calls, then the fallback answers'),
  row('S03', '500 once', 'the first call fails', 'the same provider is asked again'),
  row('S04', '503 for ever', 'every call is refused as overloaded', 'few calls, then the fallback answers'),
  row('S05', 'reset before the head', 'the first connection breaks', 'the request is answered'),
  row(
    'S06',
    'no response',
    'the request is accepted and never answered',
    'one timeout, then the fallback answers',
  ),
  row(
    'S07',
    'slow first token',
    'the head comes at once, the first content after 20 s',
    'the fallback answers within 15 s',
  ),
  row('S08', 'cut', 'the stream breaks after 40 of 60 words', 'the client reads one whole answer'),
  row('S09', 'stall', 'the stream falls silent after 20 words', 'the client reads one whole answer'),
  row(
    'S10',
    'malformed chunk',
    'one event in the middle is not JSON',
    'the answer is whole, from the same provider',
  ),
  row('S11', 'no [DONE]', 'a whole stream ends without its mark', 'the answer ends at once, with usage'),
  row(
    'S12',
    'context length',
    'the prompt is too long for the model',
    'one call, then the larger model answers',
  ),
  row('S13', 'content filter', 'the prompt is refused', 'one call, and the client gets the reason'),
  row(
    'S14',
    'cut, no prefill',
    'as S08, and the fallback refuses prefilled turns',
    'the client reads one whole answer',
  ),
  row(
    'S15',
    'flapping',
    'every call fails for a minute, then none',
    'the fallback serves, and the provider is back in 30 s',
  ),
  row(
    'S16',
    'accounting',
    'every call fails, the fallback answers',
    "the fallback's name and usage, few calls",
  ),
]
