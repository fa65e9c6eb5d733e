import type { Choice, Completion } from '../../contract/index.ts'
import { readIndex } from './chunk.ts'
import { fieldsOf, fieldsOrNull, readList, withFields, wordsOf } from './fields.ts'
import type { Fields } from './fields.ts'
import { readFinish } from './finish.ts'
import { answerIn, finishAfter, readHead, readTier } from './head.ts'
import type { Expected } from './head.ts'
import { readMessage, saysSomething } from './message.ts'
import { UnreadableAnswer } from './unreadable.ts'
import { readUsage } from './usage.ts'

/**
 * The border that every whole answer crosses, whether it comes from a provider or from a store: behind it, each field has
 * the type of `Completion`, and every choice says something. The value itself if it is sound. Usage is absent if it was not
 * sent or not sound. Throws `UnreadableAnswer`.
 */
export function readCompletion(value: unknown, expected: Expected): Completion {
  const sent = answerIn(value)
  const listed = sent?.['choices']
  if (!sent || !Array.isArray(listed)) throw new UnreadableAnswer('sent an answer without choices')
  const only = expected.choices === 1 && listed.length > 1 ? [joinChoices(listed)] : listed
  let position = 0
  const choices = inOrder(readList(only, item => readChoice(item, expected, position++)) as readonly Choice[])
  if (choices.length === 0) throw new UnreadableAnswer('sent an answer without choices')
  const completion = withFields(sent, {
    ...readHead(sent, expected),
    object: 'chat.completion',
    service_tier: readTier(sent['service_tier']),
    choices,
    usage: readUsage(sent['usage']),
  })
  return completion as Completion
}

/** Some services answer once with a choice for the text and one for each call: then all calls belong to the first. */
function joinChoices([first, ...others]: readonly unknown[]): unknown {
  const choice = fieldsOf(first)
  const message = fieldsOf(choice?.['message'])
  const own = listOf(message?.['tool_calls'])
  const calls = [...own, ...others.flatMap(callsAlone)]
  if (!message || calls.length === 0) return first
  const content = wordsOf(message['content']) ?? others.map(textAlone).find(text => text !== undefined)
  return {
    ...choice,
    message: { ...message, ...(content === undefined ? {} : { content }), tool_calls: calls },
  }
}

/** The text of a choice that has nothing else. */
function textAlone(value: unknown): string | undefined {
  const { content, tool_calls: calls } = fieldsOf(fieldsOf(value)?.['message']) ?? {}
  return listOf(calls).length === 0 ? wordsOf(content) : undefined
}

/** The calls of a choice that has nothing else. */
function callsAlone(value: unknown): readonly unknown[] {
  const { content, tool_calls: calls } = fieldsOf(fieldsOf(value)?.['message']) ?? {}
  return content == null || content === '' ? listOf(calls) : []
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** Choices by index; those of a service that gives two the same index, by position. */
function inOrder(choices: readonly Choice[]): readonly Choice[] {
  if (choices.every(({ index }, position) => index === position)) return choices
  const isUnique = new Set(choices.map(({ index }) => index)).size === choices.length
  if (isUnique) return choices.toSorted((one, other) => one.index - other.index)
  return choices.map((choice, index) => ({ ...choice, index }))
}

function readChoice(value: unknown, expected: Expected, position: number): Choice | undefined {
  const choice = fieldsOf(value)
  if (!choice) return undefined
  const message = readMessage(messageIn(choice))
  const hasCalls = message.tool_calls !== undefined
  const stated = readFinish(choice['finish_reason']) ?? readFinish(choice['finishReason'])
  const finish = message['function_call'] == null ? finishAfter(stated, hasCalls, expected) : stated
  // A limit or a filter explains why there is nothing; an empty text is an answer if the model ended it.
  const isExplained = finish === 'length' || finish === 'content_filter'
  const isEmpty = finish !== undefined && message.content === ''
  if (!isExplained && !isEmpty && !saysSomething(message))
    throw new UnreadableAnswer('sent a choice with neither content nor tool calls')
  const read = withFields(choice, {
    index: readIndex(choice['index'] ?? position, expected.choices),
    message,
    finish_reason: finish ?? (hasCalls ? 'tool_calls' : 'stop'),
    logprobs: fieldsOrNull(choice['logprobs']),
  })
  return read as unknown as Choice
}

/** The message of a choice, or its delta or its text if only they say something. */
function messageIn({ message, delta, text }: Fields): unknown {
  const places = [message, delta, typeof text === 'string' ? { content: text } : undefined]
  return places.find(place => saysSomething(fieldsOf(place) ?? {})) ?? places.find(place => place != null)
}
