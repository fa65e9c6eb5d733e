import type { Dispatcher } from 'undici'
import { z } from 'zod'
import type { FlagValues } from '../../config/flags/overrides.ts'
import { HulumanageError } from '../../contract/index.ts'
import { createEventParser } from '../../http/event-parser.ts'
import type { ShownCall } from '../../server/ledger/shown-request.ts'
import { jsonOrUndefined } from '../../text/json/parse.ts'
import { isDone } from '../../text/sse.ts'
import { shortUsd } from '../../text/usd.ts'
import { AskProgress } from '../output/ask-progress.ts'
import { print, printText } from '../output/print-answer.ts'
import { renderCalls } from '../output/trace-tree.ts'
import { Refusal, RemoteServer } from '../remote/remote-server.ts'
import { shownTrace, traceRecord } from '../remote/remote-trace.ts'

const traced = z.looseObject({ hulumanage_trace: z.array(traceRecord).nullish() })
const chunk = traced.extend({
  choices: z.array(
    z.looseObject({ index: z.number(), delta: z.looseObject({ content: z.string().nullish() }) }),
  ),
  usage: z.looseObject({ total_tokens: z.number(), cost: z.number().nullish() }).nullish(),
})
type RemoteChunk = z.output<typeof chunk>

const path = '/v1/chat/completions'
/** The flags that have a meaning for a server that has its own configuration. */
const meaningful = new Set(['server', 'key', 'model', 'approach', 'json', 'trace'])

/** Has a running server answer a prompt: streams the text to stdout, everything else to stderr. */
export async function askRemotely(prompt: string, values: FlagValues): Promise<void> {
  for (const name of Object.keys(values)) if (!meaningful.has(name)) throw meaningless(name)
  const { model, approach, json = false, trace = false } = values
  const key = (values['key'] ?? process.env['HULUMANAGE_KEY']) || undefined
  const server = new RemoteServer(values['server'] as string, key as string | undefined)
  const body = {
    ...(model !== undefined && { model }),
    ...(approach !== undefined && { hulumanage_approach: approach }),
    ...(trace === true && { hulumanage_trace: true }),
    messages: [{ role: 'user', content: prompt }],
  }
  if (json === true) return await printWhole(server, body)
  const progress = new AskProgress(process.stderr)
  // With the cost also if the server relays the bytes of a provider.
  const streamed = { stream: true, stream_options: { include_usage: true }, usage: { include: true } }
  const answer = new StreamedAnswer(server)
  try {
    await printText(answer.chunks({ ...body, ...streamed }), progress)
  } finally {
    progress.clear()
    if (answer.trace) printTrace(shownTrace(answer.trace))
  }
  const { usage, headers } = answer
  progress.conclude([
    headers['x-hulumanage-approach']?.toString(),
    headers['x-hulumanage-provider']?.toString(),
    usage ? `${usage.total_tokens} tokens` : undefined,
    usage?.cost ? `$${shortUsd(usage.cost)}` : undefined,
  ])
}

function meaningless(name: string): HulumanageError {
  const flag = name.replaceAll(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)
  const message = `--${flag} is for an answer without a server: with --server, leave it out`
  return new HulumanageError('invalid_value', message)
}

async function printWhole(server: RemoteServer, body: object): Promise<void> {
  const response = await server.send('POST', path, body)
  const answer = server.expect(
    z.looseObject({ choices: z.array(z.unknown()) }),
    jsonOrUndefined((await Array.fromAsync(textOf(response))).join('')),
  )
  await print(`${JSON.stringify(answer, undefined, 2)}\n`)
}

/** An answer that is streamed. Its head, its last chunks and its error tell about it. */
class StreamedAnswer {
  readonly #server: RemoteServer
  headers: Dispatcher.ResponseData['headers'] = {}
  usage: RemoteChunk['usage']
  trace: RemoteChunk['hulumanage_trace']

  constructor(server: RemoteServer) {
    this.#server = server
  }

  /** Asks, and returns the chunks as they come. Throws the error that is in place of the answer, or breaks it off. */
  async *chunks(request: object): AsyncGenerator<RemoteChunk> {
    try {
      const response = await this.#server.send('POST', path, request)
      this.headers = response.headers
      yield* this.#chunksOf(response)
    } catch (error) {
      if (error instanceof Refusal) this.trace = traced.safeParse(error.content).data?.hulumanage_trace
      throw error
    }
  }

  async *#chunksOf(response: Dispatcher.ResponseData): AsyncGenerator<RemoteChunk> {
    const datas: string[] = []
    const parser = createEventParser(data => datas.push(data))
    let isWhole = false
    for await (const text of textOf(response)) {
      parser.feed(text)
      for (const data of datas.splice(0)) {
        if (isDone(data)) isWhole = true
        else yield this.#take(data)
      }
    }
    if (!isWhole) throw brokenOff()
  }

  #take(data: string): RemoteChunk {
    const content = jsonOrUndefined(data)
    if ((content as { error?: unknown } | undefined)?.error) throw this.#server.refusal(content)
    const taken = this.#server.expect(chunk, content)
    this.usage = taken.usage ?? this.usage
    this.trace = taken.hulumanage_trace ?? this.trace
    return taken
  }
}

/** The text of a body as it comes. */
async function* textOf(response: Dispatcher.ResponseData): AsyncGenerator<string> {
  try {
    yield* response.body.setEncoding('utf8') as AsyncIterable<string>
  } catch (error) {
    throw brokenOff(error)
  }
}

function brokenOff(cause?: unknown): HulumanageError {
  return new HulumanageError(
    'upstream_truncated',
    'the connection to the server broke off before the end of the answer',
    {
      cause,
    },
  )
}

function printTrace(tree: readonly ShownCall[]): void {
  const { isTTY, columns } = process.stderr
  const ms = Math.max(0, ...tree.map(call => Number(call.start_ms) + Number(call.ms)))
  const lines = renderCalls(tree, ms, isTTY ? columns : Infinity)
  if (lines.length > 0) process.stderr.write(`\n${lines.join('\n')}\n`)
}
