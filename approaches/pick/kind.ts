import { textOf } from '../../src/plugin.ts'
import type { ChatRequest, Context } from '../../src/plugin.ts'
import { ask } from '../lib/asking/ask.ts'
import { withUserText } from '../lib/asking/conversation.ts'
import { reportUnread, tolerateFailure } from '../lib/asking/tolerate-failure.ts'
import { isGreeting } from '../lib/request/greeting.ts'
import { offersTools } from '../lib/request/without-calls.ts'

/** The kinds of tasks that need different methods. */
export const kinds = ['verifiable', 'open', 'factual', 'easy'] as const

/** A kind of task. */
export type Kind = (typeof kinds)[number]

const prompt = `Do not answer the above. What kind of task is it?
VERIFIABLE: it has one result that can be checked, such as a number, a choice, a proof, or a program that must work.
OPEN: many answers may be good, such as an analysis, a plan, a text, a comparison or advice.
FACTUAL: it asks for facts that must be true, such as names, dates, lists or a biography.
EASY: one attempt is enough, such as a greeting, a translation, a change to a given text, or something that everybody knows.
Reply with one word: VERIFIABLE, OPEN, FACTUAL or EASY.`

/** Dates, ranges and fractions such as "24/7" are not sums: minus and slash need spaces around them. */
const sum = /\d\s?[+*^=×÷]\s?\(?-?\d|\d\s[-/]\s\(?-?\d/
const asksToSolve =
  /\b(?:solve for|prove that|calculate|compute|evaluate|how many|what is the (?:value|sum|product|probability)|find (?:the value|all (?:real|integer|solutions)|x\b)|integrate|derivative of)\b/i
const options = /^\s{0,4}\(?[A-E][.):]\s.{1,200}\n\s{0,4}\(?[B-F][.):]\s/m

/**
 * The kind of a task that rules recognize; undefined if a model has to decide. Requests with tools are easy: the next step
 * of an agent gains little from several drafts. Of a long text, only the last few thousand characters are read.
 */
export function kindByRules(request: ChatRequest): Kind | undefined {
  if (offersTools(request) || request.messages.some(({ role }) => role === 'tool')) return 'easy'
  const asked = request.messages.findLast(({ role }) => role === 'user')
  if (isGreeting(asked)) return 'easy'
  const read = textOf(asked).trim().slice(-4000)
  if (sum.test(read) || asksToSolve.test(read) || options.test(read)) return 'verifiable'
  return undefined
}

/** Asks a model for the kind of a task; undefined if the call fails or names none. */
export async function askForKind(ctx: Context, request: ChatRequest): Promise<Kind | undefined> {
  return await ctx.span('classify', inner =>
    tolerateFailure(inner, 'the kind of the task', async () => {
      const kind = readKind(await ask(inner, request, withUserText(request.messages, prompt)))
      reportUnread(inner, [kind])
      return kind
    }),
  )
}

/** Reads the only kind that a reply names; undefined if it names none or several. */
export function readKind(text: string): Kind | undefined {
  const words = new Set<string>(
    text
      .slice(-400)
      .toLowerCase()
      .match(/[a-z]+/g),
  )
  const [only, ...others] = kinds.filter(kind => words.has(kind))
  return others.length === 0 ? only : undefined
}
