import fc from 'fast-check'
import t from 'tap'
import type { Choice, ChunkChoice } from '../../../src/contract/index.ts'
import { withChangedChoices } from '../../../src/providers/answers/changed-choices.ts'
import { textCalls } from '../../../src/providers/answers/text-calls/text-calls.ts'

const properties = {
  command: { type: 'string' },
  timeout: { type: 'integer' },
  paths: { type: 'array', items: { type: 'string' } },
  force: { anyOf: [{ type: 'boolean' }, { type: 'null' }] },
}
const request = {
  model: 'm',
  messages: [],
  tools: [
    { type: 'function', function: { name: 'bash', parameters: { type: 'object', properties } } },
    { type: 'function', function: { name: 'bash_output' } },
  ],
}
const args = { command: 'if [ 1 < 2 ]; then\n  echo "{}"\nfi', timeout: 5, paths: ['a', 'b'], force: true }
const json = JSON.stringify(args)
const called = JSON.stringify({ name: 'bash', arguments: args })

/** The call with these arguments, as models write it. */
const written: Readonly<Record<string, string>> = {
  hermes: `<tool_call>\n${called}\n</tool_call>`,
  'without an end': `<tool_call>\n${called}`,
  parameters: `<tool_call>{"name": "bash", "parameters": ${json}}</tool_call><|im_end|>`,
  'arguments as a text': `<tool_call>${JSON.stringify({ name: 'bash', arguments: json })}</tool_call>`,
  'Qwen3-Coder': `<tool_call>\n${functionTag()}\n</tool_call>`,
  'Qwen3-Coder without a beginning': `${functionTag()}\n</tool_call>`,
  GLM: `<tool_call>bash\n${Object.entries(args)
    .map(([key, value]) => `<arg_key>${key}</arg_key>\n<arg_value>${plain(value)}</arg_value>\n`)
    .join('')}</tool_call>`,
  Granite: `<tool_call>[${called}]</tool_call>`,
  'Granite 3.0': `<|tool_call|>[${called}]<|end_of_text|>`,
  'Llama 4': `<|python_start|>{"type": "function", "name": "bash", "parameters": ${json}}<|python_end|><|eot|>`,
  'Llama 3': `<|python_tag|>{"name": "bash", "parameters": ${json}}<|eom_id|>`,
  'Mistral, a list': `[TOOL_CALLS] [${called}]`,
  'Mistral, a name': `[TOOL_CALLS]bash[ARGS]${json}`,
  'Mistral, a name and an id': `[TOOL_CALLS]bash[CALL_ID]a1b2c3d4e[ARGS]${json}</s>`,
  'DeepSeek V3': `<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>bash\n\`\`\`json\n${json}\n\`\`\`<｜tool▁call▁end｜><｜tool▁calls▁end｜>`,
  'DeepSeek V3.1': `<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>bash<｜tool▁sep｜>${json}<｜tool▁call▁end｜><｜tool▁calls▁end｜><｜end▁of▁sentence｜>`,
  'DeepSeek V3.2': invocation('function_calls', '｜DSML｜', true),
  'DeepSeek V4': invocation('tool_calls', '｜DSML｜', true),
  'DeepSeek V4 through a gateway': invocation('tool_calls', '｜｜DSML｜｜', true),
  'DeepSeek through Ollama': invocation('function_calls', '', true),
  MiniMax: invocation('minimax:tool_call', '', false),
  Kimi: `<|tool_calls_section_begin|><|tool_call_begin|>functions.bash:0<|tool_call_argument_begin|>${json}<|tool_call_end|><|tool_calls_section_end|>`,
  'Kimi without a section': `<|tool_call_begin|>functions.bash:0<|tool_call_argument_begin|>${json}<|tool_call_end|>`,
}

function functionTag(): string {
  const tags = Object.entries(args).map(
    ([key, value]) => `<parameter=${key}>\n${plain(value)}\n</parameter>\n`,
  )
  return `<function=bash>\n${tags.join('')}</function>`
}

function invocation(outer: string, prefix: string, states: boolean): string {
  const tags = Object.entries(args).map(([key, value]) => {
    const kind = states ? ` string="${typeof value === 'string'}"` : ''
    return `<${prefix}parameter name="${key}"${kind}>${plain(value)}</${prefix}parameter>\n`
  })
  return `<${prefix}${outer}>\n<${prefix}invoke name="bash">\n${tags.join('')}</${prefix}invoke>\n</${prefix}${outer}>`
}

function plain(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

interface Told {
  readonly text: string
  readonly calls: readonly { readonly name: string | undefined; readonly arguments: unknown }[]
}

function whole(content: string, finish_reason: string | null = 'stop'): Told {
  const choice = { index: 0, message: { role: 'assistant', content }, finish_reason }
  const changed = textCalls(request).whole(choice)
  if (changed === choice) return { text: content, calls: [] }
  const { content: text, tool_calls: calls = [] } = changed.message
  return { text: (text as string | null) ?? '', calls: calls.map(told) }
}

function told({
  function: made,
}: {
  readonly function?: { readonly name?: string; readonly arguments?: string }
}) {
  return { name: made?.name, arguments: JSON.parse(made?.arguments ?? 'null') as unknown }
}

function streamed(pieces: readonly string[], finish: string | null = 'stop'): Told {
  const { change, rest } = textCalls(request).pieces()
  const sent: ChunkChoice[] = pieces.map(content => ({ index: 0, delta: { content }, finish_reason: null }))
  const end = finish === null ? [] : [{ index: 0, delta: {}, finish_reason: finish }]
  const got = [...sent, ...end].map(choice => change(choice))
  const all = [...got, ...rest!()]
  return {
    text: all.map(({ delta }) => delta.content ?? '').join(''),
    calls: all.flatMap(({ delta }) => (delta.tool_calls ?? []).map(told)),
  }
}

function lettersOf(text: string): readonly string[] {
  return text.split('')
}

const expected = { name: 'bash', arguments: args }

for (const [form, text] of Object.entries(written)) {
  t.test(`a call at the end of a text is a tool call: ${form}`, t => {
    t.same(whole(`Let me look.\n\n${text}\n`), { text: 'Let me look.', calls: [expected] })
    t.same(whole(text), { text: '', calls: [expected] })
    const full = `Let me look.\n${text}`
    const cuts = lettersOf(full).map((_, at) => streamed([full.slice(0, at), full.slice(at)]))
    t.same(new Set(cuts.map(cut => JSON.stringify(cut))).size, 1)
    t.same(cuts[0], { text: 'Let me look.\n', calls: [expected] })
    t.same(streamed(lettersOf(full)), { text: 'Let me look.\n', calls: [expected] })
    t.same(
      streamed(lettersOf(full), null),
      { text: 'Let me look.\n', calls: [expected] },
      'no reason for the end',
    )
    t.end()
  })

  t.test(`other texts stay what they are: ${form}`, t => {
    const texts = [
      `For example:\n${text}\nmakes a call.`,
      `\`\`\`\n${text}\n\`\`\``,
      text.replaceAll('bash', 'rm'),
      text.replaceAll('bash', 'bas'),
      text.slice(0, text.length / 2),
      `${text}${text.slice(0, text.length / 2)}`,
    ]
    for (const other of texts) {
      t.same(whole(other), { text: other, calls: [] })
      t.same(streamed(lettersOf(other)), { text: other, calls: [] })
      for (const cut of ['length', 'content_filter'])
        t.same(streamed(lettersOf(text), cut), { text, calls: [] })
    }
    t.end()
  })
}

t.test('only what may begin a call is held back', t => {
  const { change } = textCalls(request).pieces()
  const passed = (content: string) => change({ index: 0, delta: { content } }).delta.content ?? ''
  t.equal(passed('a < b, <tool'), 'a < b, <tool')
  t.equal(passed('bar> and\n <tool'), 'bar> and\n ')
  t.equal(passed('_call> tags'), '<tool_call> tags')
  t.equal(passed('\n<tool_call>\n{"name": "rm"'), '\n')
  t.equal(passed(', "arguments": {}}\n[TOOL'), '<tool_call>\n{"name": "rm", "arguments": {}}\n')
  t.equal(passed(' BOX]\n<function=bas>'), '[TOOL BOX]\n<function=bas>')
  t.end()
})

t.test('all calls are made, in whatever form each of them is', t => {
  const texts = Object.values(written).filter(text => text.endsWith('>'))
  for (const one of texts)
    for (const other of texts) t.same(whole(`${one}\n${other}`).calls, [expected, expected], one)
  const two = `<tool_call>${called}\n${called}</tool_call>`
  t.same(whole(two), { text: '', calls: [expected, expected] })
  t.end()
})

t.test('a service that makes tool calls itself has its text left alone', t => {
  const text = written['hermes']!
  const { change, rest } = textCalls(request).pieces()
  const made = [{ index: 0, id: 'c', type: 'function', function: { name: 'bash', arguments: '{}' } }]
  const sent = [{ content: text }, { tool_calls: made }, { content: text }]
  const got = sent.map(delta => change({ index: 0, delta }).delta)
  t.same(got, [{}, { content: text, tool_calls: made }, { content: text }])
  t.same(rest!(), [])
  const choice = { index: 0, message: { role: 'assistant', content: text, tool_calls: made } }
  t.equal(textCalls(request).whole(choice as unknown as Choice), choice)
  t.end()
})

t.test('after a call of the service itself, nothing is read', t => {
  // Frames that are read get the space that these lack.
  const frame = (delta: object) => `data:${JSON.stringify({ choices: [{ index: 0, delta }] })}\n\n`
  const call = frame({ tool_calls: [{ index: 0, id: 'c', function: { name: 'bash', arguments: '' } }] })
  const rest = frame({ tool_calls: [{ index: 0, function: { arguments: '{"command":"a<b"}' } }] }) + frame({})
  for (const packets of [[call, rest], [call + rest], [`${call}\n`, rest]]) {
    const { events } = withChangedChoices(undefined, textCalls(request))
    const translate = events()
    const sent = packets.map(packet => translate(packet)).join('')
    t.equal(sent.replaceAll('\n\n\n', '\n\n'), call.replace('data:', 'data: ') + rest)
  }
  t.end()
})

t.test('arguments keep numbers that JavaScript cannot represent', t => {
  const id = '{"id": 12345678901234567890}'
  const choice = (content: string) => ({ index: 0, message: { role: 'assistant', content } }) as Choice
  for (const content of [
    `<tool_call>{"name": "bash", "arguments": ${id}}</tool_call>`,
    `[TOOL_CALLS]bash${id}`,
  ])
    t.equal(textCalls(request).whole(choice(content)).message.tool_calls?.[0]?.function?.arguments, id)
  t.end()
})

t.test('a value that its schema does not allow stays a text', t => {
  const tag = (key: string, value: string) => `<parameter=${key}>${value}</parameter>`
  const values = [
    tag('timeout', 'soon'),
    tag('paths', '{"a": 1}'),
    tag('command', '["ls"]'),
    tag('force', 'None'),
    tag('other', '12'),
    tag('__proto__', '{"a": 1}'),
  ]
  t.same(whole(`<function=bash>${values.join('')}</function>`).calls, [
    {
      name: 'bash',
      arguments: JSON.parse(
        '{"timeout": "soon", "paths": "{\\"a\\": 1}", "command": "[\\"ls\\"]", "force": null, "other": "12", "__proto__": {"a": 1}}',
      ) as unknown,
    },
  ])
  t.end()
})

t.test('a stream tells what the whole tells, wherever it is cut', t => {
  const fragments = [
    ...Object.values(written).flatMap(text => [text, text.slice(0, text.length - 9), text.slice(3)]),
    '<tool_call>',
    '</tool_call>',
    '<function=bash',
    '[TOOL_CALLS]',
    'bash',
    '{"name"',
    '<|im_end|>',
    ' ',
    'Hello',
    '<',
    '[',
  ]
  const texts = fc.array(fc.constantFrom(...fragments), { maxLength: 5 }).map(parts => parts.join(''))
  const cuts = fc.array(fc.nat(2000), { maxLength: 12 })
  fc.assert(
    fc.property(texts, cuts, (text, places) => {
      const ends = [...places.map(place => place % (text.length + 1)), text.length].toSorted((a, b) => a - b)
      let from = 0
      const pieces = ends.map(end => text.slice(from, (from = end)))
      const [one, other] = [whole(text), streamed(pieces)]
      const isUnchanged = one.calls.length > 0 || other.text === text
      return (
        isUnchanged &&
        JSON.stringify(other.calls) === JSON.stringify(one.calls) &&
        other.text.trimEnd() === one.text.trimEnd()
      )
    }),
    { numRuns: 300 },
  )
  t.end()
})
