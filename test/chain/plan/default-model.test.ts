import t from 'tap'
import { modelOrDefault } from '../../../src/chain/plan/default-model.ts'

t.test('the model named by a request wins over the configured default', async t => {
  t.equal(modelOrDefault('large', 'small'), 'large')
  for (const named of [undefined, null, '']) t.equal(modelOrDefault(named, 'small'), 'small')
})

t.test('without a model anywhere the error names the field, and the chain if there is one', async t => {
  const fault = { code: 'invalid_value', param: 'model' }
  t.throws(() => modelOrDefault(undefined, undefined), {
    ...fault,
    message: /^model: the request names no model/,
  })
  t.throws(() => modelOrDefault('', '', 'bon'), {
    ...fault,
    message: /^model: "bon" names a chain but no model/,
  })
  for (const chain of ['bon', 'bon-'])
    t.throws(() => modelOrDefault('', '', chain), { message: /such as "bon-gpt-4o-mini"/ })
})
