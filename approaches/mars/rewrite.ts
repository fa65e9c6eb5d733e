import type { Context } from '../../src/plugin.ts'
import { ask } from '../lib/asking/ask.ts'
import { spokenText } from '../lib/asking/prompt-lists.ts'
import { tolerateFailure } from '../lib/asking/tolerate-failure.ts'
import { drawnIn } from './draft.ts'
import { Solution } from './solution.ts'
import type { Solutions } from './solution.ts'
import type { Team } from './team.ts'

const strategyPrompt = `Now tell, in five sentences at most, how you went about it: the idea behind it, the steps that \
decide, and where one may easily go wrong. Leave the result out.`

const sharedPrompt = `Others went about the same in the ways above. Where one of these is better than yours or shows a \
mistake of yours, go that way. Then write your solution anew, as a whole. The reader knows neither your first solution nor \
the others: do not mention them.`

const improvementPrompt = `Several people have checked your solution and find fault with it, as above. They may err: see for \
each point whether it holds. Then write the solution anew, as a whole and right. The reader knows neither your first \
solution nor the objections: do not mention them.`

/** Each agent tells its strategy, sees up to two of others, and writes its solution anew. */
export async function share(ctx: Context, team: Team, solutions: Solutions): Promise<Solutions> {
  if (solutions.length === 1) return solutions
  ctx.note('The agents share their strategies')
  const strategies = await ctx.span('strategies', inner =>
    Promise.all(
      solutions.map(solution =>
        tolerateFailure(inner, 'a strategy', () => strategyOf(inner, team, solution)),
      ),
    ),
  )
  const wordsFor = (solution: Solution): string | undefined => {
    const at = solutions.indexOf(solution)
    const others = [...strategies.slice(at + 1), ...strategies.slice(0, at)].filter(Boolean).slice(0, 2)
    return others.length > 0 ? `${tagged('strategy', others)}\n\n${sharedPrompt}` : undefined
  }
  return await rewritten(ctx, team, solutions, { span: 'share', wordsFor })
}

/** Each solution that was found wrong is rewritten by its agent; a solution whose rewriting fails stays. */
export async function improve(ctx: Context, team: Team, solutions: Solutions): Promise<Solutions> {
  const wordsFor = (solution: Solution): string | undefined =>
    solution.isVerified(team.params) || solution.findings.length === 0
      ? undefined
      : `${tagged('objection', solution.findings)}\n\n${improvementPrompt}`
  return await rewritten(ctx, team, solutions, { span: 'improve', wordsFor })
}

async function strategyOf(ctx: Context, team: Team, { candidate, agent }: Solution): Promise<string> {
  const { request } = team
  return await ask(ctx, { ...request, model: team.modelOf(agent) }, [
    ...request.messages,
    { role: 'assistant', content: spokenText(candidate) },
    { role: 'user', content: strategyPrompt },
  ])
}

interface Rewriting {
  readonly span: string
  /** What its agent is told of a solution; undefined leaves it as it is. */
  readonly wordsFor: (solution: Solution) => string | undefined
}

async function rewritten(
  ctx: Context,
  team: Team,
  solutions: Solutions,
  { span, wordsFor }: Rewriting,
): Promise<Solutions> {
  const asked = solutions.flatMap(solution => {
    const words = wordsFor(solution)
    return words === undefined ? [] : [{ solution, words }]
  })
  const requests = asked.map(({ solution, words }) =>
    team.asks(solution.agent, [
      ...team.request.messages,
      { role: 'assistant', content: spokenText(solution.candidate) },
      { role: 'user', content: words },
    ]),
  )
  const drawn = requests.length > 0 ? await drawnIn(ctx, span, requests) : undefined
  if (!drawn) return solutions
  if (drawn[0].nonText) return [new Solution(drawn[0], 0)]

  const changes = new Map(
    drawn.map(candidate => {
      const { solution } = asked[candidate.requestIndex]!
      return [solution, new Solution(candidate, solution.agent)]
    }),
  )
  const [first, ...rest] = solutions
  return [changes.get(first) ?? first, ...rest.map(solution => changes.get(solution) ?? solution)]
}

function tagged(tag: string, texts: readonly (string | undefined)[]): string {
  return texts.map(text => `<${tag}>\n${text}\n</${tag}>`).join('\n\n')
}
