import t from 'tap'
import { responsesTranslation } from '../../../src/providers/responses/responses.ts'
import { call as base, eventsOf, responseOf } from '../../fake-responses.ts'

type Json = Readonly<Record<string, unknown>>

const custom = { type: 'custom', name: 'apply_patch' }
const f = { type: 'function', name: 'apply_patch', parameters: {} }
const call = { ...base, name: 'apply_patch', arguments: '{"input":"the patch"}' }

/** The events that a client with these tools gets for those of a service. */
function relayed(tools: readonly Json[], frames: readonly string[]): Json[] {
  const told: Json[] = []
  const onEvent = (_type: string, json: string) => void told.push(JSON.parse(json) as Json)
  const translator = responsesTranslation.events({ model: 'm', asked: { input: 'Hi', tools }, onEvent })
  for (const frame of frames) translator(frame)
  return told
}

function typesOf(events: readonly Json[]): string[] {
  return events.map(({ type }) => String(type).replace(/^response\./, ''))
}

function itemsIn(events: readonly Json[]): Json[] {
  return events.flatMap(({ type, item }) => (type === 'response.output_item.done' ? [item as Json] : []))
}

function outputOf(answer: unknown): Json[] {
  return (answer as { output: Json[] }).output
}

const frames = eventsOf(responseOf([call]))
const isOf = (kind: string) => (frame: string) => frame.startsWith(`event: response.${kind}`)

t.test('a custom call of which a service tells only its end begins before its input', async t => {
  const events = relayed(
    [custom],
    frames.filter(frame => !isOf('function_call_arguments')(frame) && !isOf('output_item.added')(frame)),
  )
  t.same(typesOf(events).slice(2), [
    'output_item.added',
    'custom_tool_call_input.delta',
    'custom_tool_call_input.done',
    'output_item.done',
    'completed',
  ])
  t.match(events[2], { item: { type: 'custom_tool_call', input: '', status: 'in_progress' } })
  t.match(events[5], { item: { type: 'custom_tool_call', input: 'the patch', status: 'completed' } })
  t.equal((events[2]!['item'] as Json)['id'], events[3]!['item_id'])
})

t.test('the input of a custom call ends with its arguments, whatever the response says before', async t => {
  const progress = frames.find(isOf('in_progress'))!
  for (const again of [progress, progress.replaceAll('in_progress', 'queued')]) {
    const middle = frames.findIndex(isOf('function_call_arguments.delta')) + 1
    const events = relayed([custom], frames.toSpliced(middle, 0, again))
    const ends = events.filter(({ type }) => type === 'response.custom_tool_call_input.done')
    t.match(ends, [{ input: 'the patch' }])
    t.equal(ends.length, 1)
  }
})

t.test('the input of a custom call that only the whole response has is told before it', async t => {
  const events = relayed(
    [custom],
    frames.filter(frame => !isOf('function_call_arguments')(frame) && !isOf('output_item.done')(frame)),
  )
  t.match(
    events.find(({ type }) => type === 'response.custom_tool_call_input.done'),
    { input: 'the patch' },
  )
})

const inNamespace = (tool: Json) => ({ type: 'namespace', name: 'ns', description: '', tools: [tool] })

for (const [what, tools, sent, expected] of [
  ['a function in a namespace', [custom, inNamespace(f)], { ...call, namespace: 'ns' }, 'function_call'],
  ['the custom tool beside it', [custom, inNamespace(f)], call, 'custom_tool_call'],
  ['a custom tool in a namespace', [inNamespace(custom)], { ...call, namespace: 'ns' }, 'custom_tool_call'],
  ['a function beside it', [f, inNamespace(custom)], call, 'function_call'],
] as const)
  t.test(`calls are told apart by namespace and name: ${what}`, async t => {
    const response = responseOf([sent])
    t.match(itemsIn(relayed(tools, eventsOf(response))), [{ type: expected }])
    const whole = { model: 'm', choices: [] }
    const answer = responsesTranslation.relayedAnswer!(response, whole as never, { input: 'Hi', tools })
    t.match(outputOf(answer), [{ type: expected, namespace: (sent as Json)['namespace'] }])
  })
