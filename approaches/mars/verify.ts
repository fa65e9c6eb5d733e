import type { Context } from '../../src/plugin.ts'
import { ask } from '../lib/asking/ask.ts'
import { withUserText } from '../lib/asking/conversation.ts'
import { withHelperEffort } from '../lib/request/helper-effort.ts'
import { enclose, spokenText } from '../lib/asking/prompt-lists.ts'
import { decideBy } from '../lib/asking/tolerate-failure.ts'
import { bestOf, isEnough } from './solution.ts'
import type { Solution, Solutions } from './solution.ts'
import type { Team } from './team.ts'
import { readVerdict } from '../lib/judging/verdict.ts'

/** Verifiers that use the same method miss the same faults: each verification of a solution uses the next of these. */
const ways = [
  `Go through it from beginning to end. Check every step, number and claim against the task and against what comes \
before it, and do not take on trust what merely sounds right.`,
  `Put it aside at first and work out the task by yourself, by another way if there is one. Then compare what you have \
with it; where the two differ, find out which is right.`,
  `Try to refute it. Look for a condition of the task that it overlooks or misreads, a case in which it fails, a step \
that does not follow from the one before.`,
]

const verdictPrompt = `Do not write another solution. Describe each fault in a sentence or two: where it is, and why it \
is one. Matters of taste do not count. Then close with a line of its own:
Verdict: CORRECT - if it is right and nothing that the task asks for is missing
Verdict: INCORRECT - if something in it is wrong
Verdict: INCOMPLETE - if it breaks off, lacks a part, or rests on a step that is not shown`

/**
 * Has the team verify all undecided solutions concurrently, until each is decided or enough are verified. Contested solutions
 * get further verifications only if there are not enough verified ones without them.
 */
export async function verify(ctx: Context, team: Team, solutions: Solutions): Promise<void> {
  const { params } = team
  const isDecided = () => solutions.some(({ passes, findings }) => passes + findings.length > 0)
  let best = bestOf(solutions, params)
  const check = async (inner: Context, solution: Solution, index: number): Promise<boolean | undefined> => {
    const findings = await requestVerification(inner, team, solution, index)
    const verdict = readVerdict(findings)
    if (verdict === true) solution.passes++
    if (verdict === false) solution.findings.push(findings)
    const leader = bestOf(solutions, params)
    if (leader !== best) ctx.offer(leader.candidate.answer())
    best = leader
    return verdict
  }
  while (!isEnough(solutions, params)) {
    const checks = solutions.flatMap(solution =>
      Array.from({ length: solution.verificationsNeeded(params) }, () => ({
        solution,
        index: solution.attempts++,
      })),
    )
    if (checks.length === 0) return
    ctx.note(`Verifying ${checks.length} times`)
    await ctx.span('verify', inner => {
      const verifications = checks.map(
        ({ solution, index }) =>
          () =>
            check(inner, solution, index),
      )
      return decideBy(inner, 'a verification', verifications, isDecided())
    })
  }
}

async function requestVerification(
  ctx: Context,
  team: Team,
  { candidate, agent }: Solution,
  index: number,
): Promise<string> {
  const request = withHelperEffort(team.request, team.params.helper_effort)
  const text = `Somebody has solved the above as follows:

${enclose('solution', spokenText(candidate))}

Judge whether that is right. ${ways[index % ways.length]}

${verdictPrompt}`
  const model = team.modelOf(team.verifierOf(agent, index))
  return await ask(ctx, { ...request, model }, withUserText(request.messages, text))
}
