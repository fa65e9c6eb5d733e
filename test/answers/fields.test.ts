import t from 'tap'
import { nearestByFields } from '../../src/answers/fields.ts'
import selfConsistency from '../../approaches/self_consistency.ts'
import { contextOf, requestOf, textIn } from '../approaches/model.ts'

function nearest(...texts: string[]): string | undefined {
  return nearestByFields(texts.map(text => ({ text })))?.text
}

t.test('JSON answers vote field by field, and the nearest to the majority is returned as it is', async t => {
  const objects = [
    '{"name": "Ann", "age": 6, "city": "Rome"}',
    '{"name": "Ann", "age": 5, "city": "Paris"}',
    '{"name": "Bob", "age": 5, "city": "Rome"}',
    '{"age": 5, "name": "Ann", "city": "Rome"}',
  ]
  t.equal(nearest(...objects), objects[3])
})

t.test('free text that is different in each object does not count', async t => {
  const objects = [
    '{"label": "spam", "why": "It sells pills."}',
    '{"label": "ham", "why": "It is from a friend."}',
    '```json\n{"why": "It asks for money.", "label": "ham"}\n```',
  ]
  t.equal(nearest(...objects), objects[1])
})

t.test('values vote by their meaning, in nested objects, too', async t => {
  const objects = ['{"a": {"b": "1/2", "c": 1}}', '{"a": {"b": "3", "c": 1}}', '{"a": {"b": "0.5", "c": 2}}']
  t.equal(nearest(...objects), objects[0])
})

t.test('texts without a JSON object have no fields', async t => {
  t.equal(nearest('{"a": 1}', 'a is 1'), undefined)
  t.equal(nearest('{"a": 1}'), undefined)
  t.equal(nearest('[1]', '[2]'), undefined)
})

t.test('self_consistency returns the object nearest to the majority, without asking', async t => {
  const objects = ['{"a": 1, "b": 3}', '{"a": 1, "b": 2}', '{"a": 0, "b": 2}']
  const ctx = contextOf(() => objects)
  const params = {
    n: 3,
    quorum: 0,
    patience: 0,
    adaptive: false,
    confidence: 0.95,
    equivalence: 'auto',
  } as const
  t.equal(await textIn(await selfConsistency.run(requestOf('q'), ctx, params)), objects[1])
  t.equal(ctx.asked.length, 1)
})
