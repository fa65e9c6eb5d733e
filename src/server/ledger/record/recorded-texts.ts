import type { RecordedRun } from '../../../chain/request.ts'
import type { CallTexts } from '../../../chain/texts/call-texts.ts'
import type { RequestTexts, SentTexts } from '../../../ledger/texts/texts.ts'
import { clipParts } from '../../../text/text-part.ts'
import type { RequestEnd } from './request-end.ts'

/** The texts of a call, and its number among the rows of its request. */
export type TextsOfCall = TextsOf<number>

interface TextsOf<N> {
  readonly n: N
  readonly texts: CallTexts
}

/** The texts of a request for the ledger: those of the client for each of its prompts, then those of the calls. */
export function recordedTexts(
  { id, at, client }: RequestEnd,
  runs: readonly RecordedRun[],
  calls: readonly TextsOfCall[],
  characters: number,
): RequestTexts {
  const texts = textsOf(runs, calls).map(each => clippedTexts(each, characters))
  return { id, at, client, texts }
}

/** The texts of the client for each of its prompts, whose number is null, then those of the calls. */
export function textsOf(
  runs: readonly RecordedRun[],
  calls: readonly TextsOfCall[],
): readonly TextsOf<number | null>[] {
  return [...runs.flatMap(({ texts }) => (texts ? [{ n: null, texts }] : [])), ...calls]
}

/** Texts with each prompt and each answer cut to `characters`, before redaction. */
export function clippedTexts(
  { n, texts: { prompt, answer } }: TextsOf<number | null>,
  characters: number,
): SentTexts {
  return { n, prompt: clipParts(prompt, characters), answer: clipParts(answer, characters) }
}
