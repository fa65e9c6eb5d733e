import fc from 'fast-check'
import t from 'tap'
import { isSealed, readStoredId, storedId } from '../../src/text/stored-id.ts'

const name = fc.string({ unit: 'grapheme' }).filter(text => !text.includes('\n'))
const by = { secret: 'secret', owner: 'alice' }

t.test('an id is decoded to its provider and the original id, and is sealed for its owner', async t => {
  fc.assert(
    fc.property(
      name,
      name.filter(id => !/^\.*$/.test(id)),
      name,
      (provider, id, owner) => {
        const sealed = readStoredId(storedId({ provider, id }, { ...by, owner }))!
        t.match(sealed, { provider, id })
        t.ok(isSealed(sealed, { ...by, owner }))
        t.notOk(isSealed(sealed, { ...by, owner: `${owner}x` }))
        t.notOk(isSealed(sealed, { secret: 'another', owner }))
        t.notOk(isSealed({ ...sealed, id: `${id}x` }, { ...by, owner }))
        t.notOk(isSealed({ ...sealed, provider: `${provider}x` }, { ...by, owner }))
      },
    ),
  )
})

t.test('anything else is not a stored id: ids of services, other spellings, ids that are a path', async t => {
  const made = storedId({ provider: 'p', id: 'resp_1' }, by)
  for (const text of [undefined, 7, '', 'resp_1', 'resp_hm_', `${made}=`, `${made}\n`])
    t.equal(readStoredId(text), undefined, String(text))
  for (const id of ['', '.', '..']) t.equal(readStoredId(storedId({ provider: 'p', id }, by)), undefined, id)
  fc.assert(fc.property(fc.string(), text => readStoredId(text) === undefined))
})

t.test('an id without a seal, or with a part of one, is sealed for nobody', async t => {
  const unsealed = `resp_hm_${Buffer.from('p\nresp_1\n').toString('base64url')}`
  t.notOk(isSealed(readStoredId(unsealed)!, by))
  const { seal } = readStoredId(storedId({ provider: 'p', id: 'resp_1' }, by))!
  for (const part of ['', seal.slice(1), `${seal}A`, seal.toLowerCase()])
    t.notOk(isSealed({ provider: 'p', id: 'resp_1', seal: part }, by), part)
})
