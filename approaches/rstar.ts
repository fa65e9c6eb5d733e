import { z } from 'zod'
import {
  defineApproach,
  drawTemperature,
  HulumanageError,
  sample,
  withDrawTemperature,
} from '../src/plugin.ts'
import type { Candidate, ChatRequest, Context, Reply } from '../src/plugin.ts'
import { answerKey } from './lib/answers/answer.ts'
import { ask } from './lib/asking/ask.ts'
import { bestOf, firstHalfOf, lineOf } from './lib/search/reasoning-lines.ts'
import type { Line } from './lib/search/reasoning-lines.ts'
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
  depth: z.int().min(1).max(8).default(3).describe('the most steps in a line, the answer included'),
  exploration: z
    .number()
    .min(0)
    .max(10)
    .default(1.4)
    .describe('weight of steps little tried against those that lead to sure answers'),
  votes: z.int().min(2).max(32).default(3).describe('how many answers to draw at the end of each line'),
  parallel: z
    .int()
    .min(1)
    .max(4)
    .default(4)
    .describe('how many lines to follow at a time; more are faster, and know less of each other'),
  discriminator: z
    .string()
    .default('')
    .describe('model that checks lines by completing them; by default the requested one'),
  temperature: drawTemperature,
})

/** For questions with a result that can be compared. Follows the paper but where docs/decisions/0011 says. */
export default defineApproach({
  name: 'rstar',
  summary: 'Searches over lines of reasoning; returns the surest answer that another solver arrives at, too',
  paper: 'https://arxiv.org/abs/2408.06195',
  params,
  aliases: { rstar_num_rollouts: 'rollouts', rstar_max_depth: 'depth', rstar_c: 'exploration' },
  cost(options, times) {
    const { votes, parallel } = options
    const lines = mostLines(options)
    if (lines === 1) return { calls: times * votes, rounds: 1 }
    // Each line has a call that checks it and, except for the first, one for its newest step.
    const rounds = 2 * Math.ceil(lines / parallel) + (parallel === 1 ? 0 : 1)
    return { calls: times * (lines * (votes + 2) - 1), rounds }
  },

  async run(request, ctx, options) {
    const lines = new Lines(request, options)
    const search = {
      root: lines.root,
      exploration: options.exploration,
      isOpen: ({ item }: TreeNode<Place>) => item.ways.length > 0,
      simulate: (node: TreeNode<Place>, number: number) => lines.follow(ctx, node, number),
      isOver: () => lines.toolCall !== undefined,
    }
    await runSearch(search, mostLines(options), options.parallel)
    return await lines.answer(ctx)
  },
})

type Options = z.output<typeof params>

function mostLines({ rollouts, depth }: Options): number {
  return Math.min(rollouts, countLines(depth - 1))
}

/** A node: the steps so far, and the ways on that were not yet taken. Only the question can be answered without a step. */
interface Place {
  readonly steps: readonly Step[]
  readonly ways: (Action | 'answer')[]
}

/** The lines followed for one request. */
class Lines {
  readonly root: TreeNode<Place>
  readonly #request: ChatRequest
  readonly #options: Options
  readonly #lines: Line[] = []
  #failure: unknown

  constructor(request: ChatRequest, options: Options) {
    this.#request = request
    this.#options = options
    this.root = new TreeNode<Place>({ steps: [], ways: ['answer', ...this.#actionsAfter([])] })
  }

  /** Set where half of the lines or more end in tool calls: the first of these. */
  get toolCall(): Candidate | undefined {
    const [first, ...others] = this.#lines.filter(({ answer }) => answer.nonText)
    return first && 2 * (1 + others.length) >= this.#lines.length ? first.answer : undefined
  }

  /** Takes the next way on from a node, and from there to an answer, whose value counts for all steps that led to it. */
  async follow(ctx: Context, node: TreeNode<Place>, number: number): Promise<void> {
    const way = node.item.ways.shift()!
    ctx.note(`Following a line of reasoning (${number} of ${mostLines(this.#options)})`)
    const line = await ctx.span(`rollout_${number}`, inner =>
      tolerateFailure(inner, 'a line of reasoning', () => this.#line(inner, number, node.item.steps, way)),
    )
    if (!line) return
    const ways = way === 'answer' ? [] : [...this.#actionsAfter(line.steps)]
    node.addChild({ steps: line.steps, ways }, line.value)
    node.record(line.value)
    this.#lines.push(line)
    this.#lines.sort((one, other) => one.number - other.number)
    const best = this.toolCall ?? bestOf(this.#comparable, this.#comparable)?.answer
    if (best) ctx.offer(best.answer())
  }

  /** The best of the lines whose end another solver arrives at, too; of all lines, where there are none such. */
  async answer(ctx: Context): Promise<Reply> {
    if (this.toolCall) return this.toolCall.answer()
    const lines = this.#comparable
    const best = bestOf(await this.#agreed(ctx, lines), lines) ?? bestOf(lines, lines)
    if (!best) throw this.#failure
    return best.answer.answer()
  }

  /** Texts, whole ones where there are any. */
  get #comparable(): readonly Line[] {
    const spoken = this.#lines.filter(({ answer }) => !answer.nonText)
    const whole = spoken.filter(({ answer }) => !answer.truncated)
    return whole.length > 0 ? whole : spoken
  }

  #actionsAfter(steps: readonly Step[]): readonly Action[] {
    return actionsAfter(steps, this.#options.depth - 1 - steps.length)
  }

  async #line(ctx: Context, number: number, before: readonly Step[], way: Action | 'answer'): Promise<Line> {
    try {
      const steps = way === 'answer' ? before : await this.#extendLine(ctx, before, way)
      const { votes, temperature } = this.#options
      const messages = answerMessages(this.#request.messages, steps)
      const asked = withDrawTemperature({ ...this.#request, messages }, temperature)
      const answers = await ctx.span('answer', inner => sample(inner, asked, votes))
      return lineOf(number, steps, answers, votes)
    } catch (error) {
      this.#failure ??= error
      throw error
    }
  }

  async #extendLine(ctx: Context, steps: readonly Step[], action: Action): Promise<readonly Step[]> {
    const messages = stepMessages(this.#request.messages, steps, action)
    const text = await ctx.span(action, inner => ask(inner, this.#request, messages))
    if (text !== '') return extendLine(steps, action, text)
    throw new HulumanageError('no_answer', `The model wrote nothing for a step of the kind "${action}"`)
  }

  /** The lines that hold: another solver who sees their first half comes to the same result. All, where there is no doubt. */
  async #agreed(ctx: Context, lines: readonly Line[]): Promise<readonly Line[]> {
    if (new Set(lines.map(({ key }) => key)).size < 2) return lines
    ctx.note(`Checking ${lines.length} lines`)
    const holds = await ctx.span('check', inner =>
      Promise.all(lines.map(line => tolerateFailure(inner, 'a check', () => this.#holds(inner, line)))),
    )
    return lines.filter((_line, index) => holds[index])
  }

  /** Asks for another answer, in the form that the client asked for, so that the two can be compared. */
  async #holds(ctx: Context, line: Line): Promise<boolean> {
    const messages = hintedMessages(this.#request.messages, firstHalfOf(line))
    const model = this.#options.discriminator || this.#request.model
    const [other] = await sample(ctx, { ...this.#request, model, messages }, 1)
    return !other.nonText && answerKey(other.text) === line.key
  }
}
