import { z } from 'zod'
import { defineApproach, drawTemperature } from '../src/plugin.ts'
import type { Candidate, Candidates, ChatRequest, Context, Message } from '../src/plugin.ts'
import { ask } from './lib/asking/ask.ts'
import { withExchange } from './lib/asking/conversation.ts'
import { enclose, spokenText } from './lib/asking/prompt-lists.ts'
import { helperEffort } from './lib/request/helper-effort.ts'
import { wholeTexts } from './lib/judging/whole-texts.ts'
import { decideBy, tolerateFailure } from './lib/asking/tolerate-failure.ts'
import { comparisons, forJudging, judge, scorerParam } from './lib/scoring/params.ts'
import type { Scorer } from './lib/scoring/params.ts'
import { scoreEach } from './lib/scoring/score.ts'
import { drawFor } from './lib/scoring/select.ts'
import { bestAnswer, isDecided, isUnanimous } from './lib/search/best-answer.ts'
import { readScore, refinePrompt, reviewPrompt, unknownScore } from './lib/search/review.ts'
import { runSearch } from './lib/search/search.ts'
import { TreeNode } from './lib/search/tree.ts'

/** Searches over whole answers, refined by their reviews; docs/decisions/0010 explains why, and what the original does. */
export default defineApproach({
  name: 'mcts',
  summary: 'Monte Carlo tree search: grades drafts, and repeatedly refines the promising ones',
  paper: 'https://arxiv.org/abs/2406.07394',
  params: z.object({
    simulations: z.int().min(1).max(64).default(2).describe('how many times to pick a draft and refine it'),
    depth: z.int().min(1).max(8).default(1).describe('how many successive refinements a simulation makes'),
    exploration: z
      .number()
      .min(0)
      .max(10)
      .default(0.2)
      .describe('weight of rarely tried drafts against those with high grades'),
    width: z
      .int()
      .min(1)
      .max(16)
      .default(3)
      .describe('how many drafts to draw, and refinements of each draft'),
    parallel: z
      .int()
      .min(1)
      .max(16)
      .default(1)
      .describe(
        'how many simulations run at a time, up to width; more are faster but know less about each other',
      ),
    scorer: scorerParam('grade'),
    judge,
    temperature: drawTemperature,
    helper_effort: helperEffort,
  }),
  aliases: { mcts_simulations: 'simulations', mcts_depth: 'depth', mcts_exploration: 'exploration' },
  cost({ simulations, depth, width, parallel, scorer }, times) {
    const batches = Math.ceil(simulations / Math.min(parallel, width))
    const pairwise = scorer === 'pairwise' ? 1 : 0
    return {
      calls: times * (2 * width + pairwise * comparisons) * (1 + simulations * depth),
      rounds: (2 + pairwise) * (1 + batches * depth),
    }
  },

  async run(request, ctx, { simulations, depth, exploration, width, parallel, scorer, ...params }) {
    const draw: Draw = (inner, messages) =>
      drawFor(inner, { ...request, messages }, width, { scorer, temperature: params.temperature })
    ctx.note(`Drawing ${width} drafts`)
    const drawn = await ctx.span('draft', inner => draw(inner, request.messages))
    const [first] = drawn
    if (first.nonText) return first.answer()

    ctx.offer(first.answer())
    if (isUnanimous(drawn)) return first.answer()
    const drafts = new DraftTree(request, forJudging(request, params), draw, scorer)
    await drafts.addReviewed(ctx, drafts.root, drawn)
    let missing = simulations * depth * width
    const search = {
      root: drafts.root,
      exploration,
      isOpen,
      async simulate(leaf: DraftNode, number: number) {
        missing -= depth * width
        ctx.note(`Refining a draft (${number} of ${simulations})`)
        await ctx.span(`simulation_${number}`, inner => drafts.deepen(inner, leaf, depth))
      },
      isOver: () => drafts.isPerfect || drafts.isDecided(missing),
    }
    await runSearch(search, simulations, Math.min(parallel, width))
    return (drafts.best ?? first).answer()
  },
})

type Draw = (ctx: Context, messages: readonly Message[]) => Promise<Candidates>

interface Draft {
  readonly candidate: Candidate
  readonly review: string
  /** From 0 to 1. */
  grade: number
}

/** The root represents the question and has no draft. */
type DraftNode = TreeNode<Draft | undefined>

function gradeOf({ grade }: Draft): number {
  return grade
}

function isOpen({ item, children, isPending }: DraftNode): boolean {
  return item !== undefined && children.length === 0 && !isPending
}

/** The tree of drafts for one request. It contains only drafts with a grade. */
class DraftTree {
  readonly root: DraftNode = new TreeNode<Draft | undefined>(undefined)
  readonly #request: ChatRequest
  readonly #judging: ChatRequest
  readonly #draw: Draw
  readonly #scorer: Scorer
  readonly #all: Draft[] = []
  /** The draft that was offered last. */
  #offered: Candidate | undefined

  constructor(request: ChatRequest, judging: ChatRequest, draw: Draw, scorer: Scorer) {
    this.#request = request
    this.#judging = judging
    this.#draw = draw
    this.#scorer = scorer
  }

  /** The best draft of the answer with the highest sum of grades. */
  get best(): Candidate | undefined {
    return bestAnswer(this.#all, gradeOf)?.candidate
  }

  /** Whether no further drafts, at most `missing`, could change the best answer. Scores that compare drafts may still change. */
  isDecided(missing: number): boolean {
    return this.#scorer === 'grade' && isDecided(this.#all, gradeOf, missing)
  }

  /**
   * Whether the best answer has full marks, so that nothing is left to improve. Full marks of another answer do not end the
   * search: judges give them too often.
   */
  get isPerfect(): boolean {
    return (bestAnswer(this.#all, gradeOf)?.grade ?? 0) >= 1
  }

  /**
   * Reviews candidates concurrently and adds those with a grade below `node`, whose value becomes the best of these grades.
   * Returns the best of them.
   */
  async addReviewed(
    ctx: Context,
    node: DraftNode,
    candidates: readonly Candidate[],
  ): Promise<DraftNode | undefined> {
    const scores = await this.#score(ctx, candidates)
    const reviewed = await ctx.span('review', inner => {
      const reviews = candidates.map((candidate, at) => () => this.#review(inner, candidate, scores[at]))
      return decideBy(inner, 'a review', reviews, this.#all.length > 0)
    })
    const drafts = reviewed.filter(draft => draft !== undefined)
    if (drafts.length === 0) return undefined
    this.#all.push(...drafts)
    this.#offerBest(ctx)
    const children = drafts.map(draft => node.addChild(draft, draft.grade))
    const grades = drafts.map(({ grade }) => grade)
    const best = Math.max(...grades)
    node.record(best)
    return children[grades.indexOf(best)]
  }

  /** Refines a draft, then the best of its refinements, and so on, `depth` times. */
  async deepen(ctx: Context, leaf: DraftNode, depth: number): Promise<void> {
    let node: DraftNode | undefined = leaf
    for (let level = 1; level <= depth && node?.item && !this.isPerfect; level++) {
      const refined = await this.#refine(ctx, node.item)
      node = await this.addReviewed(ctx, node, refined)
    }
  }

  /**
   * Draws refinements of a draft. Keeps texts only, since the first draw decided against tools, and truncated ones only if
   * the draft itself is truncated.
   */
  async #refine(ctx: Context, { candidate, review }: Draft): Promise<readonly Candidate[]> {
    const prompt = `${enclose('review', review)}\n\n${refinePrompt}`
    const messages = withExchange(this.#request.messages, spokenText(candidate), prompt)
    const drawn = await ctx.span('refine', inner =>
      tolerateFailure(inner, 'a refinement', () => this.#draw(inner, messages)),
    )
    return wholeTexts(drawn ?? [], { truncated: candidate.truncated })
  }

  /**
   * The scores of candidates, if a scorer other than their reviews decides. They compete with all drafts so far, which get new
   * scores: those that compare answers fall as more come, so that the scores of different draws would not be comparable.
   */
  async #score(ctx: Context, candidates: readonly Candidate[]): Promise<readonly (number | undefined)[]> {
    const [first, ...others] = candidates
    if (this.#scorer === 'grade' || !first) return []
    const known = [...this.#all]
    const all: Candidates = [first, ...others, ...known.map(({ candidate }) => candidate)]
    const scores = await ctx.span('score', inner => scoreEach(inner, this.#judging, all, this.#scorer))
    for (const [at, draft] of known.entries()) draft.grade = scores[candidates.length + at] ?? draft.grade
    return scores.slice(0, candidates.length).map(score => score ?? unknownScore)
  }

  async #review(ctx: Context, candidate: Candidate, score: number | undefined): Promise<Draft | undefined> {
    const messages = withExchange(this.#request.messages, spokenText(candidate), reviewPrompt)
    const review = await ask(ctx, this.#judging, messages)
    const grade = this.#scorer === 'grade' ? readScore(review) : score
    return grade === undefined ? undefined : { candidate, review, grade }
  }

  #offerBest(ctx: Context): void {
    const { best } = this
    if (best === undefined || best === this.#offered) return
    this.#offered = best
    ctx.offer(best.answer())
  }
}
