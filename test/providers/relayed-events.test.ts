import assert from 'node:assert/strict'
import t from 'tap'
import fc from 'fast-check'
import { HulumanageError } from '../../src/contract/index.ts'
import { UnreadableAnswer } from '../../src/chat/read/unreadable.ts'
import { anthropicKind } from '../../src/providers/anthropic/anthropic.ts'
import { responsesTranslation } from '../../src/providers/responses/responses.ts'
import type { Mutation } from '../chat/read/mutations.ts'
import { mutated, mutationsOf, nothings, strangers } from '../chat/read/mutations.ts'
import { eventsOf as messageEvents, messageOf } from '../fake-messages.ts'
import { eventsOf as responseEvents, responseOf, said } from '../fake-responses.ts'
import { answerViolations } from '../strict/index.ts'

const call = { id: 'fc_1', type: 'function_call', status: 'completed', call_id: 'call_1', name: 'f' }
const contents = [
  { type: 'thinking', thinking: 'Let me see', signature: 'c2ln' },
  { type: 'text', text: 'Hello there' },
  { type: 'tool_use', id: 'toolu_1', name: 'weather', input: { place: 'Oslo' } },
]
const response = responseOf([said('Hello there'), { ...call, arguments: '{"place":"Oslo"}' }])

const services = [
  {
    dialect: 'messages',
    translation: anthropicKind.translation!,
    events: messageEvents(contents),
    whole: messageOf(contents),
  },
  {
    dialect: 'responses',
    translation: responsesTranslation,
    events: responseEvents(response),
    whole: response,
  },
] as const

const dataOf = (frame: string) => JSON.parse(/^data: (.*)$/m.exec(frame)![1]!) as object

/** The events that a client gets for those of a service, or `unreadable`. */
function relayed({ translation }: (typeof services)[number], text: string): string {
  let told = ''
  const onEvent = (type: string, json: string) => void (told += `event: ${type}\ndata: ${json}\n\n`)
  try {
    translation.events({ model: 'm', onEvent })(text)
  } catch (error) {
    if (error instanceof UnreadableAnswer || error instanceof HulumanageError) return 'unreadable'
    throw error
  }
  return told
}

/** A stream with one value of one event changed. */
function mutatedStreams(events: readonly string[], values: readonly unknown[]): fc.Arbitrary<string> {
  return fc.nat(events.length - 1).chain(at =>
    mutationsOf(dataOf(events[at]!), values).map(mutation => {
      const data = JSON.stringify(mutated(dataOf(events[at]!), mutation))
      return events.with(at, `data: ${data}\n\n`).join('')
    }),
  )
}

for (const service of services) {
  const { dialect, events, whole, translation } = service

  t.test(`${dialect}: valid events are relayed as their own JSON, in any framing`, async t => {
    const plain = events.join('')
    t.equal(relayed(service, plain), plain)
    for (const end of ['\r', '\r\n']) t.equal(relayed(service, plain.replaceAll('\n', end)), plain)
    const over = plain.replaceAll(/^data: \{/gm, 'data: {\ndata: ')
    t.strictSame(
      relayed(service, over)
        .match(/^data: .*$/gm)
        ?.map(dataOf),
      events.map(dataOf),
    )
  })

  const survives = (text: string) => {
    const told = relayed(service, text)
    const faults = told === 'unreadable' ? [] : faultsOf(dialect, told)
    assert.deepEqual(faults, [])
  }

  t.test(
    `${dialect}: a value that is null, empty or absent leaves a stream that clients can read`,
    async () => {
      fc.assert(fc.property(mutatedStreams(events, nothings), survives), { numRuns: 400 })
    },
  )

  t.test(`${dialect}: a value of the wrong type is corrected, left out, or a failure`, async () => {
    fc.assert(fc.property(mutatedStreams(events, strangers), survives), { numRuns: 400 })
  })

  t.test(`${dialect}: missing or repeated events leave the others in order`, async () => {
    const which = fc.tuple(fc.nat(events.length - 2), fc.constantFrom(0, 2))
    const change = ([at, times]: readonly [number, number]) =>
      events.flatMap((event, index) => (index === at ? Array<string>(times).fill(event) : [event])).join('')
    fc.assert(fc.property(which.map(change), survives))
  })

  t.test(`${dialect}: a whole answer has the types that clients read, or is a failure`, async t => {
    const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 }
    const completion = { id: 'c', object: 'chat.completion', created: 1, model: 'm', choices: [], usage }
    const read = (sent: unknown) => translation.relayedAnswer!(sent, completion)
    t.equal(read(whole), whole)
    const judge = (mutation: Mutation) => {
      try {
        const told = read(mutated(whole, mutation))
        assert.deepEqual(faultsOf(dialect, JSON.stringify(told)), [])
      } catch (error) {
        if (!(error instanceof UnreadableAnswer)) throw error
      }
    }
    fc.assert(fc.property(mutationsOf(whole, [...nothings, ...strangers]), judge), { numRuns: 400 })
  })
}

/** Faults in texts, new words and parts without an end are left to the service: clients tolerate them. */
const itsOwn = new RegExp(
  [
    'is missing|no event ends|text of|the deltas|JSON of an object|that (?:was|were) told',
    'Invalid option|Invalid discriminator|do not know|does not belong|no tool was called',
    'the item that was added|part content \\d+ is|is not done|the item is|keeps its id|status: must be',
  ].join('|'),
)

function faultsOf(dialect: 'messages' | 'responses', text: string): string[] {
  return answerViolations(dialect, text).filter(fault => !itsOwn.test(fault))
}

t.test('events of a tool that runs at the service pass, whether or not its item was added', async t => {
  const [, responses] = services
  const searching = { type: 'response.web_search_call.searching', output_index: 7, item_id: 'ws_1' }
  const [created, ...others] = responses.events
  const text = [created, `data: ${JSON.stringify(searching)}\n\n`, ...others].join('')
  const told = relayed(responses, text)
  t.equal(told.split('\n\n').length, responses.events.length + 2)
  t.match(told, /event: response\.web_search_call\.searching\ndata: .*"item_id":"ws_1"/)
})

t.test('fields of a response that are in its event itself are relayed in the response alone', async t => {
  const [, responses] = services
  const flat = responses.events
    .map(dataOf)
    .map(({ response: told, ...event }: { readonly response?: object }) => {
      const { object: _object, ...fields } = { object: '', ...told }
      return `data: ${JSON.stringify({ ...fields, ...event })}\n\n`
    })
  const told = relayed(responses, flat.join('')).split('\n\n').slice(0, -1)
  t.strictSame(told.map(dataOf), responses.events.map(dataOf))
})

t.test('an item whose end is missing ends before its response', async t => {
  const [, responses] = services
  const cut = responses.events.filter(event => !/"type":"response.output_item.done".*fc_1/.test(event))
  t.equal(cut.length, responses.events.length - 1)
  const told = relayed(responses, cut.join(''))
  const events = told.split('\n\n').slice(0, -1).map(dataOf)
  t.match(events.slice(-2), [
    {
      type: 'response.output_item.done',
      output_index: 1,
      item: { id: 'fc_1', arguments: '{"place":"Oslo"}' },
    },
    { type: 'response.completed' },
  ])
  const lost = cut.join('').replace(/,\{"id":"fc_1"[^}]*"completed"[^}]*\}"\}\]/, ']')
  const item = { id: 'fc_1', arguments: '{"place":"Oslo"}', status: 'completed' }
  t.match(relayed(responses, lost).split('\n\n').slice(0, -1).map(dataOf).slice(-2), [
    { type: 'response.output_item.done', output_index: 1, item },
    { type: 'response.completed', response: { output: [{ type: 'message' }, item] } },
  ])
  const unended = lost.replace('"response.completed"', '"response.incomplete"')
  t.equal(relayed(responses, unended), 'unreadable', 'an answer that is cut off does not have it')
})

t.test('text that a service gives the type it has in chat gets that of responses', async t => {
  const [, responses] = services
  const sent = JSON.parse(JSON.stringify(responses.whole).replace('output_text', 'text')) as object
  const completion = { id: 'c', object: 'chat.completion', created: 1, model: 'm', choices: [], usage: null }
  const told = responses.translation.relayedAnswer!(sent, completion)
  t.match(told, { output: [{ content: [{ type: 'output_text', text: 'Hello there', annotations: [] }] }] })
})
