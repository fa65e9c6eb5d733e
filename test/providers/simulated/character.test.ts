import t from 'tap'
import { providerSchema } from '../../../src/config/provider-schema.ts'
import { judgeBiases } from '../../../src/config/sections/simulate.ts'
import type { SimulateConfig } from '../../../src/config/sections/simulate.ts'
import type { Completion, Message } from '../../../src/contract/index.ts'
import { textOf } from '../../../src/chat/completion.ts'
import { SimulatedModel } from '../../../src/providers/simulated/model.ts'

type Settings = Partial<SimulateConfig>

const defaults = { latency_ms: 0, token_ms: 0, accuracy: 0.5 }
const user = (content: string): Message => ({ role: 'user', content })
const question = user('What is 17 * 23?')
const right = 'The answer is 391.'

function modelOf(simulate: Settings): SimulatedModel {
  const entry = { name: 'only', type: 'simulated', simulate: { ...defaults, ...simulate } }
  return new SimulatedModel(providerSchema.parse(entry))
}

function ask(model: SimulatedModel, messages: readonly Message[] = [question], fields: object = {}) {
  const { status, parts } = model.reply(
    'POST',
    '/chat/completions',
    JSON.stringify({ model: 'm', messages, ...fields }),
  )
  return { status, body: JSON.parse(parts.join('')) as Completion & { error?: { message: string } } }
}

function textsOf(model: SimulatedModel, count: number, messages?: readonly Message[]): string[] {
  return Array.from({ length: count }, () => textOf(ask(model, messages).body.choices[0]?.message))
}

const share = (texts: readonly string[], pattern: RegExp): number =>
  texts.filter(text => pattern.test(text)).length / texts.length

t.test('the difficulty belongs to the question: its answers are right equally often', async t => {
  const model = modelOf({ difficulty_spread: 0.5 })
  const shares = Array.from({ length: 40 }, (_, index) => {
    const texts = textsOf(model, 60, [user(`What is ${index} + 1000?`)])
    return share(texts, new RegExp(`answer is ${index + 1000}\\.`))
  })
  const mean = shares.reduce((sum, one) => sum + one) / shares.length
  t.ok(Math.abs(mean - 0.5) < 0.15, `${mean}`)
  t.ok(Math.min(...shares) < 0.2 && Math.max(...shares) > 0.8, shares.join(' '))
})

t.test('of the mistakes on a question, the configured share is the same', async t => {
  const texts = textsOf(modelOf({ accuracy: 0, shared_mistakes: 0.6 }), 400)
  const counts = [...Map.groupBy(texts, text => text).values()].map(({ length }) => length / texts.length)
  t.ok(Math.abs(Math.max(...counts) - 0.6) < 0.1, counts.join(' '))
  t.equal(counts.length, 4)
})

t.test('a judge goes by its bias', async t => {
  const grading = 'Grade it from 0 (useless) to 10 (perfect). Reply with the number and nothing else.'
  const gradeOf = (bias: Settings['judge_bias'], answer: string) => {
    const model = modelOf({ judge_accuracy: 1, ...(bias && { judge_bias: bias }) })
    return textsOf(model, 1, [question, { role: 'assistant', content: answer }, user(grading)])[0]
  }
  const wrong = 'The answer is 390.'
  const long = `${'Every digit has been checked with the greatest care. '.repeat(4)}${wrong}`
  const grades = Object.fromEntries(
    judgeBiases
      .filter(bias => bias !== 'guesses')
      .map(bias => [bias, [gradeOf(bias, right), gradeOf(bias, wrong)]]),
  )
  const silence = 'There is much to be said for each.'
  t.strictSame(grades, {
    honest: ['9', '2'],
    agrees: ['9', '9'],
    denies: ['2', '2'],
    first: ['9', '9'],
    last: ['9', '9'],
    long: ['2', '2'],
    silent: [silence, silence],
    lies: ['2', '9'],
  })
  t.equal(gradeOf('long', long), '9')

  const listed = [wrong, right, wrong].map((text, at) => `<answer number="${at + 1}">\n${text}\n</answer>`)
  const choosing = user(`${listed.join('\n')}\nReply with the number of the best answer.`)
  const picks = (['honest', 'first', 'last', 'lies'] as const).map(bias => {
    const model = modelOf({ judge_accuracy: 1, judge_bias: bias })
    return textsOf(model, 1, [question, choosing])[0]
  })
  t.strictSame(picks, ['2', '1', '3', '1'])
})

t.test('logprobs say as much about the truth as configured', async t => {
  for (const [confidence, least, most] of [
    [0, -0.2, 0.2],
    [0.5, 0.5, 0.95],
    [1, 0.98, 1.6],
  ] as const) {
    const model = modelOf({ confidence })
    const means = Array.from({ length: 300 }, () => {
      const [choice] = ask(model, [question], { logprobs: true, top_logprobs: 3 }).body.choices
      const { content } = choice!['logprobs'] as { content: { logprob: number; top_logprobs: unknown[] }[] }
      t.equal(content[0]!.top_logprobs.length, 3)
      const mean = content.reduce((sum, { logprob }) => sum + logprob, 0) / content.length
      return { mean, isRight: textOf(choice!.message).endsWith(right) }
    })
    const average = (isRight: boolean) => {
      const list = means.filter(one => one.isRight === isRight).map(one => one.mean)
      return list.reduce((sum, one) => sum + one, 0) / list.length
    }
    const gap = average(true) - average(false)
    t.ok(gap > least && gap < most * 1.2 + 0.05, `${confidence}: ${gap}`)
  }
  t.equal(ask(modelOf({ confidence: 1 })).body.choices[0]!['logprobs'], null, 'unless asked')
  t.equal(ask(modelOf({}), [question], { logprobs: true }).body.choices[0]!['logprobs'], null, 'unless known')
})

t.test('a family refuses in the words of its services', async t => {
  const refused = (family: Settings['family'], fields: object, messages = [question]) => {
    const { status, body } = ask(modelOf({ ...(family && { family }) }), messages, fields)
    return [status, body.error?.message]
  }
  t.match(refused('openai-reasoning', { temperature: 0.3 }), [400, /does not support 0.3/])
  t.match(refused('openai-reasoning', { temperature: 1 }), [200, undefined])
  t.match(refused('openai-reasoning', { max_tokens: 9 }), [400, /max_completion_tokens/])
  t.match(refused('openai-reasoning', { logprobs: true }), [400, /'logprobs' is not supported/])
  t.match(refused('claude-thinking', { temperature: 1 }), [400, /deprecated/])
  const thinking = { type: 'enabled', budget_tokens: 2048 }
  t.match(refused('claude-thinking', { thinking, max_tokens: 2048 }), [400, /budget_tokens/])
  t.match(refused('claude-thinking', {}, [question, { role: 'assistant', content: 'It is' }]), [
    400,
    /prefill/,
  ])
  t.match(refused('gemini', { n: 2 }), [400, /Multiple candidates/])
  t.match(refused('llama.cpp', { n: 2 }), [500, /Only one completion choice/])
  t.match(refused('qwen', {}, [question, { role: 'system', content: 'Be brief.' }]), [
    400,
    /at the beginning/,
  ])
  t.match(refused('mistral', {}, [question, question]), [400, /must alternate/])
  const call = { id: 'c', type: 'function', function: { name: 'look', arguments: '{}' } }
  const turns = [question, { role: 'assistant', content: null, tool_calls: [call] }]
  t.match(refused('bedrock', {}, [...turns, { role: 'tool', tool_call_id: 'c', content: '4' }]), [
    400,
    /toolConfig/,
  ])
  t.equal(ask(modelOf({ family: 'small' }), [question], { n: 3 }).body.choices.length, 1)
})

t.test('thoughts count against the token limit, and are shown as configured', async t => {
  const hidden = ask(modelOf({ thinking: 'hidden' }), [question], { max_completion_tokens: 10 }).body
  t.match(hidden.choices, [{ message: { content: '' }, finish_reason: 'length' }])
  t.equal(hidden.usage?.completion_tokens, 10)
  t.match(ask(modelOf({ thinking: 'field' })).body.choices[0]!.message, { reasoning_content: /4711/ })
  t.match(textsOf(modelOf({ thinking: 'brackets' }), 1)[0], /^\[THINK\].*\[\/THINK\]What is/)
  const low = ask(modelOf({ thinking: 'hidden' }), [question], { reasoning_effort: 'low' }).body.usage
  const high = ask(modelOf({ thinking: 'hidden' }), [question], { reasoning_effort: 'high' }).body.usage
  t.ok(low!.completion_tokens < high!.completion_tokens)
})

t.test('answers break off as often as configured', async t => {
  const model = modelOf({ truncates: 0.5 })
  const cut = Array.from({ length: 100 }, () => ask(model).body.choices[0]!.finish_reason === 'length')
  const count = cut.filter(Boolean).length
  t.ok(count > 25 && count < 75, `${count}`)
})
