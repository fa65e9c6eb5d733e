import t from 'tap'
import * as fc from 'fast-check'
import { ThinkingFilter, withoutThinking } from '../../src/sampling/thinking.ts'

const fence = '```'

t.test('removes the thinking', async t => {
  for (const [text, spoken] of [
    ['<think>a</think> b', 'b'],
    ['<Thinking>a</Thinking>b<think>c</think>', 'b'],
    ['a</think>b', 'b'],
    ['<think>a', ''],
    ['b <think>a', 'b'],
    [' b ', 'b'],
  ] as const) {
    t.equal(withoutThinking(text), spoken, text)
  }
})

t.test('removes thinking in every form that models use', async t => {
  for (const [text, unfinished] of [
    ['[THINK]secret[/THINK]b', '[THINK]secret'],
    ['\u25c1think\u25b7secret\u25c1/think\u25b7 b', '\u25c1think\u25b7secret'],
    ['<thought>secret</thought>\nb', '<thought>secret'],
    ['<reasoning>secret</reasoning>\nb', '<reasoning>secret'],
    ['<seed:think>secret</seed:think>b', '<seed:think>secret'],
    ['<think></think>\n<think>secret</think>b', '<think></think><think>secret'],
    [
      '<|begin_of_thought|>secret<|end_of_thought|>\n<|begin_of_solution|>b<|end_of_solution|>',
      '<|begin_of_thought|>secret',
    ],
    [
      '<|channel|>analysis<|message|>secret<|end|><|start|>assistant<|channel|>final<|message|>b<|return|>',
      '<|channel|>analysis<|message|>secret',
    ],
    [
      '<|start|>assistant<|channel|>final<|message|>b',
      '<|start|>assistant<|channel|>analysis<|message|>secret',
    ],
    ['<|channel|>final<|message|>b', ''],
    ['<|channel>thought\nsecret<channel|>b', '<|channel>thought\nsecret'],
    ['secret<channel|>b', '<|channel>secret'],
    ['<unused94>thought\nsecret<unused95>b', '<unused94>thought'],
    [
      '<|START_THINKING|>secret<|END_THINKING|><|START_RESPONSE|>b<|END_RESPONSE|>',
      '<|START_THINKING|>secret',
    ],
    ['<longcat_think>secret</longcat_think>b', '<longcat_think>secret'],
    ['analysisSecret: 1assistantfinalb', ''],
  ] as const) {
    t.equal(withoutThinking(text), 'b', text)
    t.equal(withoutThinking(unfinished), '', unfinished)
  }
})

t.test('an answer without thinking in a channel of its own is streamed, however it is cut', async t => {
  const text = '<|channel|>final<|message|>b is <|channel|>analysis'
  for (let size = 1; size <= text.length; size++) {
    const filter = new ThinkingFilter()
    let read = ''
    for (let at = 0; at < text.length; at += size) read += filter.push(text.slice(at, at + size))
    t.equal(read + filter.end(), 'b is <|channel|>analysis', `pieces of ${size}`)
  }
  const begun = new ThinkingFilter()
  t.equal(begun.push('<|channel|>') + begun.push('fin') + begun.end(), '', 'broken off')
})

t.test('drops the marks of an end behind the last sentence, but not as a part of it', async t => {
  for (const end of ['<|im_end|>', '<|eot_id|>', '</s>', '<end_of_turn>\n', '<|im_end|>\n<|endoftext|>'])
    t.equal(withoutThinking(`It is 5.${end}`), 'It is 5.', end)
  for (const text of ['It is <|eot_id|>', 'Mark it up: <s>old</s>', 'Use </s>'])
    t.equal(withoutThinking(text), text)
})

t.test('keeps answers that are about such marks', async t => {
  for (const text of [
    'Strip up to `</think>` with a regex.',
    'Strip all up to "</think>", then trim.',
    `Use this:\n${fence}js\ntext.split(/<\\/think>/)\ntext.indexOf(<think>)\n${fence}\nIt is fast.`,
    'The tag `<think>` opens it, `</think>` closes it.',
    'Name it <reasoning> or <thought>.',
    '<thoughtful>yes</thoughtful>',
    'analysis is assistantfinal',
    'Gemma 4 thinks first, writes <channel|> and then answers.',
    'It ends with <channel|>.',
    'Look for </think>, and cut all before it.',
    '</think> closes it.',
  ])
    t.equal(withoutThinking(text), text)
  for (const text of ['a <channel|>\nb', 'a. </think> b'.toUpperCase(), '</think>\n\nb', 'a <channel|>**b**'])
    t.match(withoutThinking(text), /^\**b\**$/i, text)
  t.equal(withoutThinking('<think>I strip `</think>` then</think>b'), 'b')
})

t.test('letters that change their length in lower case move no mark', async t => {
  t.equal(withoutThinking('<think>\u0130\u0130\u0130\u0130</think>b'), 'b')
})

t.test('a mark that thinking mentions ends it at no later piece', async t => {
  const filter = new ThinkingFilter()
  const pieces = [
    '<think>I strip `</think>` first',
    ...'and then all that follows it, at length</think>b'.split(''),
  ]
  t.equal(pieces.map(piece => filter.push(piece)).join('') + filter.end(), 'b')
})

t.test('a streamed text has no thinking at its beginning, however it is cut', async () => {
  const scraps = fc.constantFrom(
    '<think>',
    '</think>',
    '[THINK]',
    '[/think]',
    '`',
    ' ',
    '\n',
    'a',
    '<',
    '<|channel|>',
  )
  fc.assert(
    fc.property(fc.array(scraps, { maxLength: 15 }), parts => {
      const read = (pieces: readonly string[]): string => {
        const filter = new ThinkingFilter()
        return pieces.map(piece => filter.push(piece)).join('') + filter.end()
      }
      const text = parts.join('')
      return read(text.split('')) === read([text]) && read(parts) === read([text])
    }),
  )
  fc.assert(
    fc.property(fc.array(fc.constantFrom('secret', ' ', '<output>', '`', '<')), thoughts => {
      const filter = new ThinkingFilter()
      const text = `<think>${thoughts.join('')} </think>open`
      return (
        text
          .split('')
          .map(piece => filter.push(piece))
          .join('') +
          filter.end() ===
        'open'
      )
    }),
  )
})

t.test('reads long texts in linear time, whatever they contain', async t => {
  for (const scrap of [
    '<',
    '<think>',
    '</think>',
    '"</think>',
    '<think></think>',
    '`',
    '`a',
    '\n```',
    'analysisA',
    '<|end|> ',
  ])
    t.type(withoutThinking(scrap.repeat(200_000)), 'string')
})
