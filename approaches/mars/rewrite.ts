import type { Context } from '../../src/plugin.ts'
import { ask } from '../lib/asking/ask.ts'
import { withExchange } from '../lib/asking/conversation.ts'
import { withHelperEffort } from '../lib/request/helper-effort.ts'
import { enclose, spokenText } from '../lib/asking/prompt-lists.ts'
import { tolerateFailure } from '../lib/asking/tolerate-failure.ts'
import { drawRound } from './draft.ts'
import { Solution } from './solution.ts'
import type { Solutions } from './solution.ts'
import type { Team } from './team.ts'
import { sameLanguage } from '../lib/asking/language.ts'

const strategyPrompt = `Now describe, in five sentences at most, how you approached it: the idea behind it, the steps that \
decide, and where one may easily go wrong. Leave the result out.`

const sharedPrompt = `Others approached the same task in the ways above. Where one of these is better than yours or shows a \
mistake of yours, follow it. Then write your whole solution again. The reader knows neither your first solution nor \
the others: do not mention them. \
${sameLanguage}`

const improvementPrompt = `Several people have checked your solution and object to it, as above. They may err: check for \
each point whether it holds. Then rewrite the whole solution, with every real fault corrected. The reader knows neither your first \
solution nor the objections: do not mention them. \
${sameLanguage}`

/** Has each agent describe its strategy, read up to two of the others, and rewrite its solution. */
export async function share(ctx: Context, team: Team, solutions: Solutions): Promise<Solutions> {
  if (solutions.length === 1) return solutions
  ctx.note('The agents share their strategies')
  const strategies = await ctx.span('strategies', inner =>
    Promise.all(
      solutions.map(solution =>
        tolerateFailure(inner, 'a strategy', () => describeStrategy(inner, team, solution)),
      ),
    ),
  )
  const promptFor = (solution: Solution): string | undefined => {
    const index = solutions.indexOf(solution)
    const others = [...strategies.slice(index + 1), ...strategies.slice(0, index)]
      .flatMap(text => text || [])
      .slice(0, 2)
    return others.length > 0 ? `${enclose('strategy', ...others)}\n\n${sharedPrompt}` : undefined
  }
  return await rewrite(ctx, team, solutions, { span: 'share', promptFor })
}

/** Has each solution that was found wrong rewritten by its agent; if that fails, the solution stays. */
export async function improve(ctx: Context, team: Team, solutions: Solutions): Promise<Solutions> {
  const promptFor = (solution: Solution): string | undefined =>
    solution.isVerified(team.params) || solution.findings.length === 0
      ? undefined
      : `${enclose('objection', ...solution.findings)}\n\n${improvementPrompt}`
  return await rewrite(ctx, team, solutions, { span: 'improve', promptFor })
}

async function describeStrategy(ctx: Context, team: Team, { candidate, agent }: Solution): Promise<string> {
  const request = withHelperEffort(team.request, team.params.helper_effort)
  const messages = withExchange(request.messages, spokenText(candidate), strategyPrompt)
  return await ask(ctx, { ...request, model: team.modelOf(agent) }, messages)
}

interface Rewriting {
  readonly span: string
  /** The prompt for the agent of a solution; undefined leaves the solution unchanged. */
  readonly promptFor: (solution: Solution) => string | undefined
}

async function rewrite(
  ctx: Context,
  team: Team,
  solutions: Solutions,
  { span, promptFor }: Rewriting,
): Promise<Solutions> {
  const rewrites = solutions.flatMap(solution => {
    const prompt = promptFor(solution)
    return prompt === undefined ? [] : [{ solution, prompt }]
  })
  const requests = rewrites.map(({ solution, prompt }) =>
    team.requestFor(
      solution.agent,
      withExchange(team.request.messages, spokenText(solution.candidate), prompt),
    ),
  )
  const earlier = rewrites.map(({ solution }) => solution.candidate)
  const drawn = requests.length > 0 ? await drawRound(ctx, span, requests, earlier) : undefined
  if (!drawn) return solutions
  if (drawn[0].nonText) return [new Solution(drawn[0], 0)]

  const changes = new Map(
    drawn.map(candidate => {
      const { solution } = rewrites[candidate.requestIndex]!
      return [solution, new Solution(candidate, solution.agent)]
    }),
  )
  const [first, ...rest] = solutions
  return [changes.get(first) ?? first, ...rest.map(solution => changes.get(solution) ?? solution)]
}
