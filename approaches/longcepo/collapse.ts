import type { Context } from '../../src/plugin.ts'
import { ask } from '../lib/asking/ask.ts'
import { withUserText } from '../lib/asking/conversation.ts'
import { tolerateFailure } from '../lib/asking/tolerate-failure.ts'
import { enclose } from '../lib/asking/prompt-lists.ts'
import { tokensIn } from '../lib/asking/tokens.ts'
import { tune } from '../lib/request/step-params.ts'
import { clip, describeGoal, wordsFor } from './reading.ts'
import type { Reading, ReadingGoal } from './reading.ts'
import { tokensOf } from './split.ts'

function mergePrompt(words: number): string {
  return `Do not answer the above yet. Put these notes together into one set of notes under the same heads \
(Information, Rationale, Answer, Confidence). Keep each fact that bears on the question, with the part \
it comes from; join what belongs together across parts. Where notes contradict each other, go by those \
with the higher confidence, and say so. Use ${words} words at most. Reply with the notes alone.`
}

/**
 * Merges notes until they fit into a call: neighbours with each other, all groups of a round concurrently. Each round at
 * least halves their number.
 */
export async function collapse(
  ctx: Context,
  reading: Reading,
  goal: ReadingGoal,
  notes: readonly string[],
): Promise<readonly string[]> {
  const { max_context_window: window, max_output_tokens: output } = reading.params
  const room = Math.max(2 * output, window - tokensOf(reading.request.messages) - output)
  let remaining = notes
  while (remaining.length > 1 && sizeOf(remaining) > room) {
    ctx.note(`Merging ${remaining.length} notes`)
    remaining = await Promise.all(groupsOf(remaining, room).map(group => merge(ctx, reading, goal, group)))
  }
  return remaining
}

/** Groups of neighbours that fit into a call together; of at least two, except for the last. */
function groupsOf(notes: readonly string[], room: number): string[][] {
  const groups: string[][] = []
  for (const note of notes) {
    const group = groups.at(-1)
    if (group && (group.length < 2 || sizeOf([...group, note]) <= room)) group.push(note)
    else groups.push([note])
  }
  return groups
}

/** Merges the notes of a group; returns them unchanged if that fails. */
async function merge(
  ctx: Context,
  reading: Reading,
  goal: ReadingGoal,
  group: readonly string[],
): Promise<string> {
  const together = group.join('\n\n')
  if (group.length === 1) return together
  const { request, params } = reading
  const limit = params.max_output_tokens
  const prompt = [enclose('notes', together), describeGoal(goal), mergePrompt(wordsFor(limit))]
  const outgoing = tune(request, params.temperature_collapse)
  const text = await tolerateFailure(ctx, 'merging notes', () =>
    ask(ctx, outgoing, withUserText(request.messages, prompt.filter(Boolean).join('\n\n'))),
  )
  return text ? clip(text, limit) : together
}

function sizeOf(notes: readonly string[]): number {
  return notes.reduce((sum, note) => sum + tokensIn(note), 0)
}
