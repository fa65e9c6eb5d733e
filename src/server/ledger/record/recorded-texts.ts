import type { RecordedRun } from '../../../chain/request.ts'
import type { CallTexts } from '../../../chain/texts/call-texts.ts'
import type { RequestTexts } from '../../../ledger/texts/texts.ts'
import { clipParts } from '../../../text/text-part.ts'
import type { RequestEnd } from './request-end.ts'

/** The texts of a call, and its number among the rows of its request. */
export interface TextsOfCall {
  readonly n: number
  readonly texts: CallTexts
}

/** The texts of a request for the ledger: those of the client for each of its prompts, then those of the calls. */
export function recordedTexts(
  { id, at, client }: RequestEnd,
  runs: readonly RecordedRun[],
  calls: readonly TextsOfCall[],
  characters: number,
): RequestTexts {
  const clip = (n: number | null, { prompt, answer }: CallTexts) => ({
    n,
    prompt: clipParts(prompt, characters),
    answer: clipParts(answer, characters),
  })
  const ofClient = runs.flatMap(({ texts }) => (texts ? [clip(null, texts)] : []))
  return { id, at, client, texts: [...ofClient, ...calls.map(({ n, texts }) => clip(n, texts))] }
}
