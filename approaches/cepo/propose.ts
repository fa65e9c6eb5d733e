import { withDrawTemperature, withSeed } from '../../src/plugin.ts'
import type { ChatRequest, Context } from '../../src/plugin.ts'
import { askWhole } from '../lib/asking/ask-whole.ts'
import { withUserText } from '../lib/asking/conversation.ts'
import { collectSuccesses } from '../lib/asking/tolerate-failure.ts'
import { tune } from '../lib/request/step-params.ts'
import type { CepoParams } from './params.ts'

const planPrompt = `Do not answer the above yet. Make a plan that leads to the answer: small steps, each of them simple \
enough to be done without a slip, in the order in which they are to be done. Behind each step put how sure you are that \
it is right and needed: high, medium or low. Carry nothing out, and give no result.`

const executePrompt = `Now carry out your plan, step by step, with all of the work shown. Take extra care with steps you \
were not sure of, and change the plan where it proves wrong. End with a complete answer to what was asked.`

/** A plan, and the result of carrying it out. */
export interface Proposal {
  readonly plan: string
  readonly solution: string
}

interface Proposing {
  /** The idea that all plans should follow. */
  readonly way: string | undefined
  /** Called with each proposal as soon as it is complete. */
  readonly onProposal: (proposal: Proposal) => void
}

/**
 * Steps 1 and 2: makes and carries out `planning_n` plans concurrently. A truncated one is rejected and retried while tries
 * are left (`planning_m` in total); a failed call costs its proposal. Returns an empty list if all were truncated; throws if
 * all failed.
 */
export async function propose(
  ctx: Context,
  request: ChatRequest,
  params: CepoParams,
  { way, onProposal }: Proposing,
): Promise<Proposal[]> {
  const { planning_n: wanted, planning_m: tries } = params
  let tried = Math.min(wanted, tries)
  const work = async (first: number): Promise<Proposal | undefined> => {
    for (let seed = first; seed < tries; seed = tried++) {
      const proposal = await attempt(ctx, withSeed(request, seed), params, way)
      if (!proposal) continue
      onProposal(proposal)
      return proposal
    }
    return undefined
  }
  const tasks = Array.from({ length: tried }, (_, index) => () => work(index))
  const proposals = await collectSuccesses(ctx, 'a proposal', tasks)
  return proposals.filter(proposal => proposal !== undefined)
}

async function attempt(
  ctx: Context,
  request: ChatRequest,
  params: CepoParams,
  way: string | undefined,
): Promise<Proposal | undefined> {
  const along = way === undefined ? '' : `\n\nTake this way to the goal: ${way}`
  const messages = withUserText(request.messages, planPrompt + along)
  const plan = await ctx.span('plan', inner => {
    const { planning_temperature_step1: temperature, planning_max_tokens_step1: tokens } = params
    return askWhole(inner, tune(withDrawTemperature(request), temperature, tokens), messages)
  })
  if (plan === undefined) return undefined

  const planned = [
    ...messages,
    { role: 'assistant', content: plan },
    { role: 'user', content: executePrompt },
  ]
  const solution = await ctx.span('execute', inner => {
    const { planning_temperature_step2: temperature, planning_max_tokens_step2: tokens } = params
    return askWhole(inner, tune(request, temperature, tokens), planned)
  })
  return solution === undefined ? undefined : { plan, solution }
}
