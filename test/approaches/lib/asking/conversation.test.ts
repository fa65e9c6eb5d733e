import t from 'tap'
import {
  withExchange,
  withInstruction,
  withUserText,
} from '../../../../approaches/lib/asking/conversation.ts'

const user = (content: string) => ({ role: 'user', content })
const rule = '\n\n---\nInstruction, not part of the text above:\n\n'
const assistant = (content: string) => ({ role: 'assistant', content })

t.test('an instruction makes no system message where the client has none', async t => {
  const turns = [user('q'), assistant('a'), user('next')]
  t.same(withInstruction(turns, 'do'), [user('q'), assistant('a'), user(`next${rule}do`)])
  t.same(withInstruction([user('q'), assistant('It is')], 'do'), [user(`q${rule}do`), assistant('It is')])
  const system = { role: 'system', content: 'be brief' }
  t.same(withInstruction([system, user('q')], 'do'), [{ ...system, content: 'be brief\n\ndo' }, user('q')])
})

t.test('an exchange never puts two turns of one side in a row', async t => {
  t.same(withExchange([user('q')], 'a', 'grade'), [user('q'), assistant('a'), user('grade')])
  const prefilled = [user('q'), assistant('It is')]
  t.same(withExchange(prefilled, '42', 'grade'), [user('q'), assistant('It is\n42'), user('grade')])
})

t.test("an instruction is set apart from the client's own text", async t => {
  t.same(withUserText([user('Translate: hi')], 'do'), [user(`Translate: hi${rule}do`)])
  t.same(withUserText([assistant('a')], 'do'), [assistant('a'), user('do')])
  const parts = [{ type: 'text', text: 'q' }]
  t.same(withUserText([{ role: 'user', content: parts }], 'do'), [
    { role: 'user', content: [...parts, { type: 'text', text: `${rule.trimStart()}do` }] },
  ])
})

t.test('an instruction behind the result of a tool is a message of its own', async t => {
  const call = { role: 'assistant', content: null, tool_calls: [{ id: 'c', function: { name: 'f' } }] }
  for (const role of ['tool', 'function']) {
    const turns = [user('q'), call, { role, tool_call_id: 'c', content: '42' }]
    t.same(withUserText(turns, 'do'), [...turns, user('do')], role)
  }
})
