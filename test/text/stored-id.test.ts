import fc from 'fast-check'
import t from 'tap'
import { readStoredId, storedId } from '../../src/text/stored-id.ts'

const name = fc.string({ unit: 'grapheme' }).filter(text => !text.includes('\n'))

t.test('an id is decoded to its provider and the original id', async t => {
  fc.assert(
    fc.property(
      name,
      name.filter(id => !/^\.*$/.test(id)),
      (provider, id) => {
        t.same(readStoredId(storedId({ provider, id })), { provider, id })
      },
    ),
  )
})

t.test('anything else is not a stored id: ids of services, other spellings, ids that are a path', async t => {
  const made = storedId({ provider: 'p', id: 'resp_1' })
  for (const text of [undefined, 7, '', 'resp_1', 'resp_hm_', `${made}=`, `${made}\n`, made.slice(0, -1)])
    t.equal(readStoredId(text), undefined, String(text))
  for (const id of ['', '.', '..']) t.equal(readStoredId(storedId({ provider: 'p', id })), undefined, id)
  fc.assert(
    fc.property(
      fc.string(),
      text => readStoredId(text) === undefined || storedId(readStoredId(text)!) === text,
    ),
  )
})
