import { z } from 'zod'
import {
  defineApproach,
  drawTemperature,
  groupByAnswer,
  HulumanageError,
  sample,
  withDrawTemperature,
} from '../src/plugin.ts'
import type { Candidate, ChatRequest, Context, Reply } from '../src/plugin.ts'
import { ask } from './lib/asking/ask.ts'
import { bestOf, firstHalfOf, lineOf } from './lib/search/reasoning-lines.ts'
import type { Line } from './lib/search/reasoning-lines.ts'
import { discardOthers, isNoCall } from './lib/judging/discard-others.ts'
import { discardOutvoted } from './lib/judging/majority.ts'
import { tolerateFailure } from './lib/asking/tolerate-failure.ts'
import {
  actionsAfter,
  answerMessages,
  hintedMessages,
  stepMessages,
  countLines,
  extendLine,
} from './lib/search/reasoning-steps.ts'
import type { Action, Step } from './lib/search/reasoning-steps.ts'
import { runSearch } from './lib/search/search.ts'
import { TreeNode } from './lib/search/tree.ts'

const params = z.object({
  rollouts: z.int().min(1).max(64).default(5).describe('how many lines of reasoning to follow'),
  depth: z.int().min(1).max(8).default(3).describe('maximum number of steps in a line, including the answer'),
  exploration: z
    .number()
    .min(0)
    .max(10)
    .default(1.4)
    .describe('weight of rarely tried steps against those that lead to consistent answers'),
  votes: z.int().min(2).max(32).default(3).describe('how many answers to draw at the end of each line'),
  parallel: z
    .int()
    .min(1)
    .max(4)
    .default(4)
    .describe('how many lines to follow at a time; more are faster but know less about each other'),
  discriminator: z
    .string()
    .default('')
    .describe('model that checks lines by completing them; by default the requested one'),
  temperature: drawTemperature,
})

/** For questions with a comparable result. Follows the paper except for the changes in docs/decisions/0011. */
export default defineApproach({
  name: 'rstar',
  summary: 'Searches over lines of reasoning; returns the best supported answer that another solver confirms',
  paper: 'https://arxiv.org/abs/2408.06195',
  params,
  aliases: { rstar_num_rollouts: 'rollouts', rstar_max_depth: 'depth', rstar_c: 'exploration' },
  cost(options, times) {
    const { votes, parallel } = options
    const lines = maxLines(options)
    if (lines === 1) return { calls: times * votes, rounds: 1 }
    // Each line has a call that checks it and, except for the first line, one for its newest step.
    const rounds = 2 * Math.ceil(lines / parallel) + (parallel === 1 ? 0 : 1)
    return { calls: times * (lines * (votes + 2) - 1), rounds }
  },

  async run(request, ctx, options) {
    const lines = new Lines(request, options)
    const search = {
      root: lines.root,
      exploration: options.exploration,
      isOpen: ({ item }: TreeNode<Position>) => item.untried.length > 0,
      simulate: (node: TreeNode<Position>, number: number) => lines.follow(ctx, node, number),
      isOver: () => lines.toolCall !== undefined || lines.isUnanimous,
    }
    await runSearch(search, maxLines(options), options.parallel)
    return await lines.answer(ctx)
  },
})

type Options = z.output<typeof params>

function maxLines({ rollouts, depth }: Options): number {
  return Math.min(rollouts, countLines(depth - 1))
}

/** The item of a node: the steps so far, and the actions not yet tried. Only the question can be answered without a step. */
interface Position {
  readonly steps: readonly Step[]
  readonly untried: (Action | 'answer')[]
}

/** The lines followed for one request. */
class Lines {
  readonly root: TreeNode<Position>
  readonly #request: ChatRequest
  readonly #options: Options
  readonly #lines: Line[] = []
  /** The failure of the line with the lowest number: the first has no steps, so it tells best why there is no answer. */
  #failure: { readonly number: number; readonly error: unknown } | undefined

  constructor(request: ChatRequest, options: Options) {
    this.#request = request
    this.#options = options
    this.root = new TreeNode<Position>({ steps: [], untried: ['answer', ...this.#actionsAfter([])] })
  }

  /** The first tool call, if half of the lines or more end in one. */
  get toolCall(): Candidate | undefined {
    const [first, ...others] = this.#lines.filter(({ answer }) => answer.nonText)
    return first && 2 * (1 + others.length) >= this.#lines.length ? first.answer : undefined
  }

  /** Whether all that was drawn so far is one answer, and the lines that are missing could not outvote it. */
  get isUnanimous(): boolean {
    if (2 * this.#lines.length <= maxLines(this.#options)) return false
    return groupByAnswer(this.#lines.flatMap(({ answers }) => answers)).length === 1
  }

  /** Takes the next action at a node and proceeds to an answer, whose value counts for all steps that led to it. */
  async follow(ctx: Context, node: TreeNode<Position>, number: number): Promise<void> {
    const action = node.item.untried.shift()!
    ctx.note(`Following a line of reasoning (${number} of ${maxLines(this.#options)})`)
    const line = await ctx.span(`rollout_${number}`, inner =>
      tolerateFailure(inner, 'a line of reasoning', () =>
        this.#drawLine(inner, number, node.item.steps, action),
      ),
    )
    if (!line) return
    const untried = action === 'answer' ? [] : [...this.#actionsAfter(line.steps)]
    node.addChild({ steps: line.steps, untried }, line.value)
    node.record(line.value)
    this.#lines.push(line)
    this.#lines.sort((one, other) => one.number - other.number)
    const best = this.toolCall ?? bestOf(this.#comparable, this.#comparable)?.answer
    if (best) ctx.offer(best.answer())
  }

  /** The answer of the best line that another solver confirms; of the best line of all, if there is no such line. */
  async answer(ctx: Context): Promise<Reply> {
    const drawn = this.#lines.flatMap(({ answers }) => answers)
    if (this.toolCall) {
      discardOthers(drawn, this.toolCall, isNoCall)
      return this.toolCall.answer()
    }
    const lines = this.#comparable
    const best = bestOf(await this.#confirm(ctx, lines), lines) ?? bestOf(lines, lines)
    if (!best) throw this.#failure?.error
    const { members = [] } = groupByAnswer(drawn).find(group => group.members.includes(best.answer)) ?? {}
    discardOutvoted(drawn, { winner: best.answer, agreeing: new Set(members) })
    return best.answer.answer()
  }

  /** The lines that end in text: only complete texts, if there are any. */
  get #comparable(): readonly Line[] {
    const spoken = this.#lines.filter(({ answer }) => !answer.nonText)
    const whole = spoken.filter(({ answer }) => !answer.truncated)
    return whole.length > 0 ? whole : spoken
  }

  #actionsAfter(steps: readonly Step[]): readonly Action[] {
    return actionsAfter(steps, this.#options.depth - 1 - steps.length)
  }

  async #drawLine(
    ctx: Context,
    number: number,
    before: readonly Step[],
    action: Action | 'answer',
  ): Promise<Line> {
    try {
      const steps = action === 'answer' ? before : await this.#extend(ctx, before, action)
      const { votes, temperature } = this.#options
      const messages = answerMessages(this.#request.messages, steps)
      const outgoing = withDrawTemperature({ ...this.#request, messages }, temperature)
      const answers = await ctx.span('answer', inner => sample(inner, outgoing, votes))
      return lineOf(number, steps, answers, votes)
    } catch (error) {
      if (number < (this.#failure?.number ?? Infinity)) this.#failure = { number, error }
      throw error
    }
  }

  async #extend(ctx: Context, steps: readonly Step[], action: Action): Promise<readonly Step[]> {
    const messages = stepMessages(this.#request.messages, steps, action)
    const text = await ctx.span(action, inner => ask(inner, this.#request, messages))
    if (text !== '') return extendLine(steps, action, text)
    throw new HulumanageError(
      'no_answer',
      `The model wrote nothing for a step of kind "${action}"; try again`,
    )
  }

  /** The lines that another solver, given their first half, completes to the same result; all, if there is only one result. */
  async #confirm(ctx: Context, lines: readonly Line[]): Promise<readonly Line[]> {
    if (groupByAnswer(lines.map(({ answer }) => answer)).length < 2) return lines
    ctx.note(`Checking ${lines.length} lines`)
    const confirmed = await ctx.span('check', inner =>
      Promise.all(lines.map(line => tolerateFailure(inner, 'a check', () => this.#isConfirmed(inner, line)))),
    )
    return lines.filter((_line, index) => confirmed[index])
  }

  /** Draws another answer, in the form that the client asked for, so that the two can be compared. */
  async #isConfirmed(ctx: Context, line: Line): Promise<boolean> {
    const messages = hintedMessages(this.#request.messages, firstHalfOf(line))
    const model = this.#options.discriminator || this.#request.model
    const [other] = await sample(ctx, { ...this.#request, model, messages }, 1)
    return !other.nonText && groupByAnswer([line.answer, other]).length === 1
  }
}
