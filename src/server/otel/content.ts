import type { FinishReason } from '../../contract/index.ts'
import type { KeptTexts, SentTexts } from '../../ledger/texts/texts.ts'
import { getOrCreate } from '../../store/get-or-create.ts'
import { clippedTexts, textsOf } from '../ledger/record/recorded-texts.ts'
import type { TextsOfCall } from '../ledger/record/recorded-texts.ts'
import type { RecordedWork } from '../ledger/record/request-end.ts'
import { contentAttributes } from './conventions.ts'
import type { Attributes } from './encoding.ts'
import { choicesOf, messagesOf } from './messages.ts'

/** Texts on their way to a trace, and the finish reasons of their answer. */
export interface TracedTexts extends SentTexts {
  readonly finish: readonly FinishReason[]
}

/** The attributes with texts by the number of their call; those of the request itself at null. */
export type Content = ReadonlyMap<number | null, Attributes>

/**
 * The texts of a request and of its calls, before redaction. Those of a request that is one call are only at this call, and not at
 * the request as well. `characters`: the maximum of a prompt or an answer.
 */
export function tracedTexts(
  { runs }: RecordedWork,
  calls: readonly TextsOfCall[],
  isOneCall: boolean,
  characters: number,
): TracedTexts[] {
  const texts = textsOf(runs, calls)
  const traced = texts.map(each => ({ ...clippedTexts(each, characters), finish: each.texts.finish }))
  const [only, another] = traced
  return only && !another && isOneCall ? [{ ...only, n: 0 }] : traced
}

/** The attributes for redacted texts, in the order of the texts that they were made of. */
export function contentOf(texts: readonly TracedTexts[], redacted: readonly KeptTexts[]): Content {
  const content = new Map<number | null, { input: object[]; output: object[] }>()
  for (const [index, { n, prompt, answer }] of redacted.entries()) {
    // A request with several prompts has texts for each.
    const { input, output } = getOrCreate(content, n, () => ({ input: [], output: [] }))
    for (const message of messagesOf(prompt)) input.push(message)
    for (const choice of choicesOf(answer, texts[index]!.finish)) output.push(choice)
  }
  return new Map([...content].map(([n, { input, output }]) => [n, contentAttributes(input, output)]))
}
