import type { Context } from '../../src/plugin.ts'
import { ask } from '../lib/asking/ask.ts'
import { withUserText } from '../lib/asking/conversation.ts'
import { tolerateFailure } from '../lib/asking/tolerate-failure.ts'
import { tokensIn } from '../lib/asking/tokens.ts'
import { tune } from '../lib/asking/step-params.ts'
import { clipped, searchFor, wordsIn } from './reading.ts'
import type { Reading, Search } from './reading.ts'
import { tokensOf } from './split.ts'

function mergePrompt(words: number): string {
  return `Do not answer the above yet. Put these notes together into one set of notes under the same heads \
(Information, Rationale, Answer, Confidence). Keep each fact that bears on the question, with the part \
it comes from; join what belongs together across parts. Where notes contradict each other, go by those \
with the higher confidence, and say so. Use ${words} words at most. Reply with the notes alone.`
}

/**
 * The notes, put together until they fit into a call: neighbours with neighbours, all groups of a round side by side.
 * Each round leaves half of them at most.
 */
export async function collapse(
  ctx: Context,
  reading: Reading,
  search: Search,
  notes: readonly string[],
): Promise<readonly string[]> {
  const { max_context_window: window, max_output_tokens: output } = reading.params
  const room = Math.max(2 * output, window - tokensOf(reading.request.messages) - output)
  let left = notes
  while (left.length > 1 && sizeOf(left) > room) {
    ctx.note(`Putting ${left.length} notes together`)
    left = await Promise.all(groupsOf(left, room).map(group => merged(ctx, reading, search, group)))
  }
  return left
}

/** Neighbours that fit together; two at least, but for the last. */
function groupsOf(notes: readonly string[], room: number): string[][] {
  const groups: string[][] = []
  for (const note of notes) {
    const group = groups.at(-1)
    if (group && (group.length < 2 || sizeOf([...group, note]) <= room)) group.push(note)
    else groups.push([note])
  }
  return groups
}

/** Where putting them together fails, the notes of a group stand as they are. */
async function merged(
  ctx: Context,
  reading: Reading,
  search: Search,
  group: readonly string[],
): Promise<string> {
  const together = group.join('\n\n')
  if (group.length === 1) return together
  const { request, params } = reading
  const most = params.max_output_tokens
  const given = [`<notes>\n${together}\n</notes>`, searchFor(search), mergePrompt(wordsIn(most))]
  const asked = tune(request, params.temperature_collapse)
  const text = await tolerateFailure(ctx, 'merging notes', () =>
    ask(ctx, asked, withUserText(request.messages, given.filter(Boolean).join('\n\n'))),
  )
  return text ? clipped(text, most) : together
}

function sizeOf(notes: readonly string[]): number {
  return notes.reduce((sum, note) => sum + tokensIn(note), 0)
}
