import { readTag, withSeed } from '../../src/plugin.ts'
import type { ChatRequest, Context } from '../../src/plugin.ts'
import { ask } from '../lib/asking/ask.ts'
import { withUserText } from '../lib/asking/conversation.ts'
import { tolerateFailure } from '../lib/asking/tolerate-failure.ts'

/** A wrong answer that is meant to look right. It is not a candidate: it can only be graded and shown to a verifier. */
export interface Decoy {
  readonly text: string
  /** The mistake in it, as explained by its author. */
  readonly slip: string
}

/** Kinds of mistakes; each sneaky prover uses the next one, so that not all set the same trap. */
const slips = [
  'a step that does not follow: a rule used where it does not hold, a sign, a count, an order',
  'a condition or a wish of the task that is misread or passed over',
  'something taken for granted that is not so, or a case that is left out',
]

const prompt = (
  slip: string,
): string => `This is an exercise for people who check answers. Do not answer the above \
rightly. Write an answer that is wrong in its result, and that a careful reader would still take for right: sure in tone, in \
the form that is asked for, without a hint that anything is amiss. Hide one mistake in it, of this kind: ${slip}. Make it \
the mistake that somebody who works on this in earnest is most likely to make.

After the answer add, in <slip> tags, where the mistake is and what would be right there. Checkers do not see that part.`

/** Draws `count` decoys concurrently; leaves out those that fail or do not explain their mistake. */
export async function drawDecoys(ctx: Context, request: ChatRequest, count: number): Promise<Decoy[]> {
  const drawn = Array.from({ length: count }, async (_, index) => {
    const messages = withUserText(request.messages, prompt(slips[index % slips.length]!))
    const text = await tolerateFailure(ctx, 'a sneaky answer', () =>
      ask(ctx, withSeed(request, index), messages),
    )
    return text === undefined ? undefined : decoyIn(text)
  })
  return (await Promise.all(drawn)).filter(decoy => decoy !== undefined)
}

/** Undefined if the answer does not explain its mistake: it may well be right, or a refusal. */
function decoyIn(written: string): Decoy | undefined {
  const slip = readTag(written, 'slip')
  const text = written.replace(/<slip\s{0,4}>[^]*?(?:<\/slip\s{0,4}>|$)/i, '').trim()
  return slip && text ? { text, slip } : undefined
}
