import { textOf } from '../../src/plugin.ts'
import type { ChatRequest, Context, Message, Reply } from '../../src/plugin.ts'
import { ask } from '../lib/asking/ask.ts'
import { withUserText } from '../lib/asking/conversation.ts'
import { ensureContent } from '../lib/asking/final-call.ts'
import { tolerateFailure } from '../lib/asking/tolerate-failure.ts'
import type { Z3Params } from './params.ts'
import { readProgram } from './program.ts'
import { requireSolver, solve } from './solver.ts'
import type { Limits } from './solver.ts'
import { sameLanguage } from '../lib/asking/language.ts'

const formalizePrompt = `Do not answer the above yet. Decide whether Z3, a solver for logic and arithmetic, can settle it: \
a puzzle with conditions, a schedule or an assignment, a claim to prove or refute, a best value to find, over integers, \
reals, Booleans, bit vectors or strings.
If it cannot - the question is about facts, opinions, prose or code, or too simple to need a solver - reply with the \
word NONE alone.
Otherwise state the question as a program in SMT-LIB 2, whole, in one code block marked smt2:
- declare each name before its use, with letters, digits and underscores only;
- assert every condition, the unspoken ones, too: ranges, whole numbers, all different;
- to prove a claim, assert its opposite: unsat means that it holds;
- to find a best value, use (minimize ...) or (maximize ...);
- then (check-sat), and (get-value (...)) for what the answer needs; where the question is whether there is one solution \
only, assert that it differs from the one found and check again;
- use no options and no files.`

const answerPrompt = `Now answer the above. First make sure that the program says what is asked; where it does not, or where \
its result cannot be right, work the answer out yourself. The reader knows nothing of program and solver: give the answer \
with the reasons it needs, and do not mention them unless asked about them. \
${sameLanguage}`

/** Runs the approach; this file is loaded for its first request. */
export async function run(
  request: ChatRequest,
  ctx: Context,
  { attempts, ...limits }: Z3Params,
): Promise<Reply> {
  requireSolver()
  const result = await findResult(ctx, request, attempts, limits)
  if (result) ctx.offer(`The solver's result:\n\n\`\`\`\n${result.output}\n\`\`\``)
  ctx.note(result ? 'Answering with the result' : 'Answering without the solver')
  const messages = result ? withUserText(request.messages, resultPrompt(result)) : request.messages
  return await ctx.span('answer', async inner =>
    ensureContent(await inner.complete({ ...request, messages })),
  )
}

interface Result {
  readonly program: string
  readonly output: string
}

/** Has programs written and runs them until one has a result; returns undefined if none has, or if the model gives up. */
async function findResult(
  ctx: Context,
  request: ChatRequest,
  attempts: number,
  limits: Limits,
): Promise<Result | undefined> {
  if (!maySettle(request.messages)) return undefined
  const initial = withUserText(request.messages, formalizePrompt)
  let messages = initial
  for (let attempt = 1; attempt <= attempts; attempt++) {
    ctx.note(attempt === 1 ? 'Writing a program for the solver' : `Repairing the program, try ${attempt}`)
    const program = await writeProgram(ctx, request, messages, attempt)
    if (program === undefined) return undefined
    ctx.note('Running the program')
    const { output, fault } = await ctx.span('solve', inner => solve(program, limits, inner.signal))
    if (fault === undefined) return { program, output }
    ctx.log.info({ attempt, fault }, 'the solver program has no result')
    messages = [...initial, ...objection(program, fault)]
  }
  return undefined
}

/** A shorter question has no room for a puzzle in words. */
const shortPuzzle = 80
const numberOrProof =
  /[\p{N}∀∃→⇒¬∧∨=<>≤≥]|\b(?:prove|proof|valid|satisfiable|implies|true|false|beweis\p{L}*)\b/iu

/** Whether a solver may settle what the user has asked: not a greeting, nor a few words without numbers or logic. */
function maySettle(messages: readonly Message[]): boolean {
  const asked = messages.filter(({ role }) => role === 'user' || role === 'tool')
  const hasMore = asked.some(
    ({ content }) => Array.isArray(content) && content.some(({ type }) => type !== 'text'),
  )
  const text = asked.map(textOf).join('\n').trim()
  return hasMore || text.length >= shortPuzzle || numberOrProof.test(text)
}

async function writeProgram(
  ctx: Context,
  request: ChatRequest,
  messages: readonly Message[],
  attempt: number,
): Promise<string | undefined> {
  const [name, what] = attempt === 1 ? ['formalize', 'the program'] : ['repair', 'a repair']
  const text = await ctx.span(name, inner =>
    tolerateFailure(inner, what, () => ask(inner, request, messages)),
  )
  return text === undefined ? undefined : readProgram(text)
}

function objection(program: string, fault: string): Message[] {
  const text = `The solver could not settle that:\n\n${fault}\n\nWrite the whole program again without this fault, in one \
code block. If the solver cannot settle the question after all, reply with the word NONE alone.`
  return [
    { role: 'assistant', content: fenced(program) },
    { role: 'user', content: text },
  ]
}

function resultPrompt({ program, output }: Result): string {
  return `A program for the solver Z3 that was made from the above:\n\n${fenced(program)}\n\nWhat the solver printed:\n\n\
\`\`\`\n${output}\n\`\`\`\n\n${answerPrompt}`
}

function fenced(program: string): string {
  return `\`\`\`smt2\n${program}\n\`\`\``
}
