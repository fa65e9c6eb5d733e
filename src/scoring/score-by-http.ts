import { z } from 'zod'
import type { AskScorer, ScoringTask } from '../chat/provider-call.ts'
import { HulumanageError } from '../contract/index.ts'
import { basicAuthorization, withoutLogin } from '../text/address-login.ts'
import { parseJson } from '../text/json/parse.ts'

/** Maximum size of an answer, in bytes: a score for each of the most answers that a step draws is much shorter. */
const maxBytes = 64 * 1024

const reply = z.object({ scores: z.array(z.number().min(0).max(1).nullable()) })

/** Asks a scoring service. Throws `step_failed` if it does not answer in time, or with anything but scores. */
export const scoreByHttp: AskScorer = async task => {
  const { name, service, signal } = task
  try {
    const text = await send(task, AbortSignal.any([signal, AbortSignal.timeout(service.timeout * 1000)]))
    return scoresIn(text, task)
  } catch (error) {
    signal.throwIfAborted()
    const message = `The scoring service "${name}" failed: ${reasonOf(error)}; see scorers.${name}`
    throw new HulumanageError('step_failed', message, { cause: error })
  }
}

async function send({ service, request, answers }: ScoringTask, signal: AbortSignal): Promise<string> {
  const { url, api_key: key, headers } = service
  const { model, messages } = request
  const authorization = key ? `Bearer ${key}` : basicAuthorization(new URL(url))
  // `fetch` refuses an address with a password, and repeats it in its error.
  const response = await fetch(withoutLogin(url), {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(authorization && { authorization }),
      ...headers,
    },
    body: JSON.stringify({ model, messages, answers }),
    redirect: 'error',
    signal,
  })
  if (!response.ok) {
    await response.body?.cancel()
    throw new Error(`it answered with status ${response.status}`)
  }
  return await readText(response)
}

/** The text of a body; throws if it is longer than an answer can be. */
async function readText({ body }: Response): Promise<string> {
  // Copied, as each piece may be a single byte, whose object takes hundreds.
  const received = Buffer.alloc(maxBytes)
  let size = 0
  for await (const piece of body ?? []) {
    if (size + piece.length > maxBytes) throw new Error(`its answer is longer than ${maxBytes} bytes`)
    received.set(piece, size)
    size += piece.length
  }
  return received.toString('utf8', 0, size)
}

function scoresIn(text: string, { answers }: ScoringTask): (number | undefined)[] {
  const { scores } = reply.parse(parseJson(text))
  if (scores.length !== answers.length)
    throw new Error(`it sent ${scores.length} scores for ${answers.length} answers`)
  return scores.map(score => score ?? undefined)
}

/** A reason for the operator, without the words of the service, which may be anything. */
function reasonOf(error: unknown): string {
  if (error instanceof z.ZodError || error instanceof SyntaxError)
    return 'its answer is not {"scores": [...]} with a number from 0 to 1, or null, for each answer'
  const { name, message, cause } = error as Error
  if (name === 'TimeoutError') return 'it did not answer in time'
  return cause instanceof Error ? cause.message : message
}
