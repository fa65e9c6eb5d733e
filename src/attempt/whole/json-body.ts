import type { Completion, Wire } from '../../contract/index.ts'
import type { Way } from '../../providers/relayed-source.ts'
import type { AttemptOptions } from '../options.ts'
import { charactersOf, estimateUsage } from '../../chat/estimate.ts'
import { readCompletion } from '../../chat/read/completion.ts'
import { errorIn } from '../../chat/read/error.ts'
import { expectedBy } from '../../chat/read/head.ts'
import { isPlainCompletion } from '../../chat/read/plain.ts'
import { badResponse } from '../failure.ts'
import { CompleteReply } from '../../chat/reply.ts'
import { failureOfErrorObject } from '../status.ts'
import { parseJson } from '../../text/json/parse.ts'

/** A provider's whole answer, kept unchanged for a relay. */
export class JsonReply extends CompleteReply {
  readonly wire: Wire

  constructor(
    completion: Completion,
    provider: string,
    headers: Readonly<Record<string, string>>,
    bytes: Uint8Array,
    dialect: string = 'chat',
  ) {
    super(completion, provider)
    this.wire = { dialect, status: 200, headers, body: bytes }
  }
}

export interface ReadCompletion {
  readonly completion: Completion
  /** The parsed body of a service with another API. */
  readonly sent?: unknown
  /** Nothing had to be filled in: the bytes may be relayed. */
  readonly untouched: boolean
}

/**
 * Reads a whole answer: choices, each with something in it. Throws an `AttemptFailure` or `UnreadableAnswer` if it is not
 * one.
 */
export function readAnswer(
  { provider: asked, request }: Pick<AttemptOptions, 'provider' | 'request'>,
  way: Way,
  bytes: Buffer,
  secrets?: readonly string[],
): ReadCompletion {
  const answers = asked.answersTo(request, way)
  const sent = parse(asked.name, bytes)
  const expected = expectedBy(request)
  if (!answers && isPlainCompletion(sent, expected)) return { completion: sent, untouched: true }
  throwError(asked.name, sent, secrets)
  const completion = readCompletion(answers ? answers.completion(sent, way.relayed?.body) : sent, expected)
  if (completion.usage) return { completion, sent, untouched: completion === sent }
  const characters = completion.choices.reduce((sum, choice) => sum + charactersOf(choice.message), 0)
  return { completion: { ...completion, usage: estimateUsage(request, characters) }, sent, untouched: false }
}

/** A body as JSON. Throws an `AttemptFailure` if it is not JSON, or an error. */
export function parseBody(provider: string, bytes: Buffer, secrets?: readonly string[]): unknown {
  const value = parse(provider, bytes)
  throwError(provider, value, secrets)
  return value
}

/** Throws the error in a body, if there is one, as an `AttemptFailure`. */
function throwError(provider: string, value: unknown, secrets: readonly string[] | undefined): void {
  const error = errorIn(value)
  if (error !== undefined) throw failureOfErrorObject(provider, error, secrets)
}

function parse(provider: string, bytes: Buffer): unknown {
  try {
    return parseJson(bytes.toString('utf8'))
  } catch (error) {
    throw badResponse(provider, 'sent a body that is not JSON', error)
  }
}
