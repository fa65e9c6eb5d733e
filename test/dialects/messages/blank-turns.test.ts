import t from 'tap'
import type { Fields } from '../../../src/chat/read/fields.ts'
import { withoutBlankTurns } from '../../../src/dialects/conversation/blank-turns.ts'

const text = (words: string) => ({ type: 'text', text: words })
const user = (content: unknown) => ({ role: 'user', content })
const model = (content: unknown) => ({ role: 'assistant', content })
const read = (...messages: readonly Fields[]) => withoutBlankTurns({ messages })['messages']

t.test('only turns on both sides of one that is left out become one', async t => {
  t.same(read(user('a'), user('b'), model(' '), user('c'), user([text('d')]), model('e'), user('f')), [
    user('a'),
    user([text('b'), text('c')]),
    user([text('d')]),
    model('e'),
    user('f'),
  ])
  t.same(read(user('a'), model(null), user(''), model([text('')]), user([text('\n'), text('b')])), [
    user([text('a'), text('b')]),
  ])
})

t.test('a conversation that the user begins does not begin with the model', async t => {
  const turns = [user('  '), model('hello'), user('go')]
  t.same(read(...turns), turns)
  t.same(read(user('  '), user('go'), model('a'), user('b')), [user('go'), model('a'), user('b')])
})

t.test('the newest turn of the user stays, and without content it is refused by its place', async t => {
  const blank = [user('a'), model('b'), user(' ')]
  t.same(read(...blank), blank)
  const cases = [
    [[user(null)], 0],
    [[{ role: 'user' }], 0],
    [[user('a'), model('b'), user(null)], 2],
    [[user('a'), model(''), user('b'), model('c'), user(null), model('{')], 4],
  ] as const
  for (const [turns, at] of cases)
    t.throws(() => read(...turns), { code: 'invalid_value', param: `messages[${at}].content` })
})

t.test('blank blocks of the system prompt are left out', async t => {
  const messages = [user('a')]
  t.same(withoutBlankTurns({ system: [text('')], messages }), { messages })
  t.same(withoutBlankTurns({ system: [text('a'), text(' ')], messages }), { system: [text('a')], messages })
})

t.test('the cache mark of a blank block goes to the block before it', async t => {
  const mark = { cache_control: { type: 'ephemeral' } }
  t.same(read(user([text('a'), { ...text(''), ...mark }]), model('b'), user('c')), [
    user([{ ...text('a'), ...mark }]),
    model('b'),
    user('c'),
  ])
  const thought = { type: 'thinking', thinking: 'a', signature: 's' }
  t.same(
    read(user('a'), model([thought, { ...text(''), ...mark }]), user('c'))?.[1 as never],
    model([thought]),
  )
})

t.test('a body without blank turns is the same object', async t => {
  const body = { system: [text('a')], messages: [user([text('a')]), user('b'), model('c'), user('')] }
  t.equal(withoutBlankTurns(body), body)
})

t.test('a conversation may have any number of blank turns', async t => {
  const count = 100_000
  const turns = Array.from({ length: count }, () => [user('a'), model('')]).flat()
  const { messages } = withoutBlankTurns({ messages: [...turns, user('b')] })
  t.match(messages, [{ content: { length: count + 1 } }])
})
