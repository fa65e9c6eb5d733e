import t from 'tap'
import { withExchange, withInstruction } from '../../../../approaches/lib/asking/conversation.ts'

const user = (content: string) => ({ role: 'user', content })
const assistant = (content: string) => ({ role: 'assistant', content })

t.test('an instruction makes no system message where the client has none', async t => {
  const turns = [user('q'), assistant('a'), user('next')]
  t.same(withInstruction(turns, 'do'), [user('q'), assistant('a'), user('next\n\ndo')])
  t.same(withInstruction([user('q'), assistant('It is')], 'do'), [user('q\n\ndo'), assistant('It is')])
  const system = { role: 'system', content: 'be brief' }
  t.same(withInstruction([system, user('q')], 'do'), [{ ...system, content: 'be brief\n\ndo' }, user('q')])
})

t.test('an exchange never puts two turns of one side in a row', async t => {
  t.same(withExchange([user('q')], 'a', 'grade'), [user('q'), assistant('a'), user('grade')])
  const prefilled = [user('q'), assistant('It is')]
  t.same(withExchange(prefilled, '42', 'grade'), [user('q'), assistant('It is\n42'), user('grade')])
})
