import { errorIn } from '../chat/read/error.ts'
import { fieldsOf, textOf, wordsOf } from '../chat/read/fields.ts'
import type { Fields } from '../chat/read/fields.ts'
import { createEventParser } from '../http/event-parser.ts'
import { frame, innerData, isDone } from '../text/sse.ts'
import type { EventListener, StreamTranslator } from './translation.ts'
import { jsonOrUndefined } from '../text/json/parse.ts'

/** The events of one stream of a service. */
export interface EventReader<Event> {
  /** Reads the data of an event; undefined if it contains nothing readable. Throws `UnreadableAnswer`. */
  readonly read: (sent: Fields) => Event | undefined
  /** The chat events for an event, whose own JSON is on one line; empty if it has no counterpart in chat. */
  readonly translate: (event: Event, json: string) => string
  /** The events that a client of the service's own API gets for one. */
  readonly relay?: (event: Event) => readonly Event[]
  /** The event that ends a stream, if nothing of the answer is missing. */
  readonly missingEnd?: () => Event | undefined
  /** The chat events for chat's end mark, which is skipped by default: no stream of another API ends with it. */
  readonly done?: () => string
}

interface TranslatorOptions {
  readonly maxEventLength?: number | undefined
  readonly onEvent?: EventListener | undefined
}

/** The name of an event: anything else could break out of its line. */
const eventType = /^[\w.-]{1,100}$/

/** Data that is meaningless in a chat stream, in which it is skipped and logged. */
const passedOver = frame('{"type":"passed_over"}')

/**
 * Creates a translator of events. Data that is not JSON is passed on, and fails the check that applies to every stream.
 * With `onEvent`, each event has to have a type.
 */
export function createEventTranslator<Event extends object>(
  { read, translate, relay = event => [event], missingEnd, done = () => passedOver }: EventReader<Event>,
  { maxEventLength, onEvent }: TranslatorOptions = {},
): StreamTranslator {
  let events = ''
  const onData = (framed: string, name?: string): void => {
    const data = innerData(framed)
    // A sign of life: the error of a parser takes longer than an event.
    if (data === '') return
    const sent = jsonOrUndefined(data)
    if (sent === null) return
    if (sent === undefined) return void (events += isDone(data) ? done() : frame(oneLine(data)))
    const fields = fieldsOf(sent)
    if (fields && isBareError(fields, name)) return void (events += frame(oneLine(data)))
    const event = fields && read(withType(fields, name))
    if (!event) return void (events += passedOver)
    if (onEvent && isNamed(event))
      for (const told of relay(event))
        onEvent(typeOf(told), told === sent ? oneLine(data) : JSON.stringify(told))
    events += translate(event, oneLine(data))
  }
  const parser = createEventParser(onData, maxEventLength)
  const feed = (text: string): string => {
    events = ''
    parser.feed(text)
    return events
  }
  const end = (): string => {
    events = ''
    const event = missingEnd?.()
    if (event) onData(JSON.stringify(event))
    return events
  }
  return Object.assign(feed, { end })
}

/**
 * Whether an event is an error in the form of chats, as gateways write it into streams of other APIs. One without an `error`, as
 * Alibaba's, has a code and a message in words; a report of progress may have a message.
 */
function isBareError(fields: Fields, name: string | undefined): boolean {
  const { type, error, code, message } = fields
  if (wordsOf(type) !== undefined) return false
  if (error != null) return errorIn(fields) !== undefined
  const isPart = name !== undefined && ofAnswers.test(name)
  return !isPart && wordsOf(code) !== undefined && wordsOf(message) !== undefined
}

/** The data of an event with its type, which some services have in the name of the event alone. */
function withType(fields: Fields, name: string | undefined): Fields {
  const isTyped = name === undefined || wordsOf(fields['type']) !== undefined || !ofAnswers.test(name)
  return isTyped ? fields : { ...fields, type: name }
}

/** Names of events that contain a part of an answer. */
const ofAnswers = /^(?:response\.|message_|content_block_)/

function typeOf(event: object): string {
  return textOf((event as { type?: unknown }).type)
}

function isNamed(event: object): boolean {
  return 'type' in event && eventType.test(typeOf(event))
}

/** JSON may be split into lines only between its tokens. */
function oneLine(data: string): string {
  return data.includes('\n') ? data.replaceAll('\n', ' ') : data
}
