import type { Chunk, Completion, Delta, FinishReason, Usage } from '../../contract/index.ts'
import { Blocks, blocksOf } from '../blocks.ts'
import type { Block, Change } from '../block.ts'
import type { AnswerFacts, AnswerListener, ChunkHead, Encoder, StreamEvent } from '../dialect.ts'
import { inStream } from '../error-body.ts'
import type { PublicError } from '../error-body.ts'
import { eventsIn } from '../relayed-events.ts'
import { Annotations } from './annotations.ts'
import { annotationEvents, eventsOf } from './events.ts'
import { RelayedOutput } from './relayed-output.ts'
import { endOf, outputOf, responseOf, settingsOf, stemOf, usageOf } from './object.ts'
import type { Origin } from './object.ts'
import type { ResponsesBody } from './schema.ts'
import type { Tools } from './tools/tools.ts'
import { unixSeconds } from '../../time/unix-seconds.ts'

/** A response that a service has begun. */
interface Begun {
  readonly response: StreamEvent
  /** The items so far. */
  readonly output: readonly unknown[]
  /** The number of the next event. */
  readonly sequence: number
}

/** Writes the answer to one request as a response. */
export class ResponseEncoder implements Encoder {
  readonly dialect = 'responses'
  readonly named = true
  readonly #settings: Readonly<Record<string, unknown>>
  readonly #model: string
  readonly #tools: Tools
  #blocks = new Blocks(true)
  #begun: Begun | undefined
  readonly #annotations = new Annotations()
  /** The newest text, which annotations belong to. */
  #text: Block | undefined
  #head: ChunkHead | undefined
  #stem = ''
  readonly #ownStem: string | undefined
  #sequence = 0
  /** The first and the last frames of a service that the client has received. */
  #firstFrames = ''
  #lastFrames = ''
  readonly #relayed = new RelayedOutput()
  #finish: FinishReason = null

  /** Gets the response once it has ended well. */
  onAnswer: AnswerListener | undefined

  /** `model` is reported if an answer fails before it has named its own; `tools` are those of the request. */
  constructor(
    body: ResponsesBody,
    {
      model,
      tools,
      answer,
    }: { readonly model: string; readonly tools: Tools; readonly answer?: AnswerFacts | undefined },
  ) {
    this.#settings = settingsOf(body, answer)
    this.#ownStem = answer?.stem
    this.#model = model
    this.#tools = tools
  }

  /** Continues a response that was begun by a service; the first item is added behind those of its output. */
  resume(head: ChunkHead, begun: Begun): void {
    this.#begin(head)
    this.#begun = begun
    this.#sequence = begun.sequence
    this.#blocks = new Blocks(true, begun.output.length)
  }

  completion({ id, created, model, choices, usage }: Completion): object {
    const [choice] = choices
    const end = endOf(choice?.finish_reason)
    const stem = this.#ownStem ?? stemOf(id)
    const blocks = blocksOf(choice?.message, true)
    const annotations = new Annotations()
    annotations.add(
      choice?.message,
      blocks.findLast(({ kind }) => kind === 'text'),
    )
    const output = outputOf({ stem, tools: this.#tools, annotations }, blocks, end.status)
    const response = {
      ...responseOf(stem, { created, model }, end.status, output),
      ...end,
      ...this.#settings,
      usage: usageOf(usage),
    }
    this.onAnswer?.(response)
    return response
  }

  chunk(chunk: Chunk): readonly StreamEvent[] {
    let events: readonly StreamEvent[] = this.#begin(chunk)
    for (const { index, delta, finish_reason: finish } of chunk.choices) {
      if (index !== 0) continue
      this.#finish = finish ?? this.#finish
      const added = this.#eventsOf(this.#blocks.add(delta), 'completed')
      events = [...events, ...added, ...this.#annotate(delta)]
    }
    return events
  }

  end(head: ChunkHead, usage: Usage | undefined, more?: StreamEvent): readonly StreamEvent[] {
    const begun = this.#begin(head)
    const end = endOf(this.#finish)
    const ended = this.#eventsOf(this.#blocks.end(), end.status)
    const output = outputOf(this.#origin, this.#blocks.all, end.status)
    const response = { ...this.#response(head, end.status, output), ...end, usage: usageOf(usage), ...more }
    this.onAnswer?.(response)
    return [...begun, ...ended, this.#number({ type: `response.${end.status}`, response })]
  }

  /** An error event, which some clients throw, then the failed response that others wait for. */
  fail(failure: PublicError): readonly StreamEvent[] {
    if (this.#lastFrames !== '') this.#continue()
    const { message, code, param } = inStream(failure).error
    const head = this.#head ?? { id: '', created: unixSeconds(), model: this.#model }
    if (!this.#head) this.#stem = this.#ownStem ?? stemOf(head.id)
    const shown = this.#eventsOf(this.#blocks.breakOff(), 'incomplete')
    const output = outputOf(this.#origin, this.#blocks.all, 'incomplete')
    const error = { code: code ?? 'server_error', message }
    return [
      ...shown,
      this.#number({ type: 'error', code, message, param }),
      this.#number({
        type: 'response.failed',
        response: { ...this.#response(head, 'failed', output), error },
      }),
    ]
  }

  follow(frames: string): void {
    this.#firstFrames ||= frames
    this.#lastFrames = frames
    this.#relayed.add(frames)
  }

  /** Continues the response of a service behind its events, with its items. */
  #continue(): void {
    const begun = eventsIn(this.#firstFrames).find(({ response }) => response !== undefined)
    // All events of a relayed response are numbered.
    const sequence = Number(eventsIn(this.#lastFrames).at(-1)?.['sequence_number']) + 1
    if (begun)
      this.#begun = { response: begun['response'] as StreamEvent, output: this.#relayed.items, sequence }
    this.#sequence = sequence
  }

  progress(head: ChunkHead, text: string): readonly StreamEvent[] {
    const delta = { reasoning_content: `${text}\n` }
    return [...this.#begin(head), ...this.#eventsOf(this.#blocks.add(delta), 'completed')]
  }

  get #origin(): Origin {
    return { stem: this.#stem, tools: this.#tools, annotations: this.#annotations }
  }

  #annotate(delta: Delta): StreamEvent[] {
    const text = this.#text
    const before = text ? this.#annotations.of(text).length : 0
    const added = this.#annotations.add(delta, text)
    if (!text || added.length === 0) return []
    return annotationEvents(this.#origin, text, added, before).map(event => this.#number(event))
  }

  #begin(head: ChunkHead): StreamEvent[] {
    if (this.#head) return []
    this.#head = head
    this.#stem = this.#ownStem ?? stemOf(head.id)
    const response = this.#response(head, 'in_progress', [])
    return [
      this.#number({ type: 'response.created', response }),
      this.#number({ type: 'response.in_progress', response }),
    ]
  }

  #eventsOf(changes: readonly Change[], status: 'completed' | 'incomplete'): StreamEvent[] {
    this.#text = changes.findLast(({ block }) => block.kind === 'text')?.block ?? this.#text
    return changes.flatMap(change => eventsOf(this.#origin, change, status)).map(event => this.#number(event))
  }

  #response(head: ChunkHead, status: Parameters<typeof responseOf>[2], output: readonly unknown[]) {
    if (this.#begun) {
      const { response, output: before } = this.#begun
      return { ...response, status, output: [...before, ...output] }
    }
    return { ...responseOf(this.#stem, head, status, output), ...this.#settings }
  }

  #number(event: StreamEvent): StreamEvent {
    return { ...event, sequence_number: this.#sequence++ }
  }
}
