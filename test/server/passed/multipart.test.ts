import fc from 'fast-check'
import t from 'tap'
import { boundaryOf, findField } from '../../../src/server/passed/multipart.ts'

interface Part {
  readonly name: string
  readonly value: Buffer
  readonly isFile: boolean
}

const boundary = 'wall'

function bodyOf(parts: readonly Part[], preamble = ''): Buffer {
  const pieces = parts.map(({ name, value, isFile }) => {
    const file = isFile ? '; filename="a.bin"\r\nContent-Type: application/octet-stream' : ''
    const head = `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${file}\r\n\r\n`
    return Buffer.concat([Buffer.from(head), value, Buffer.from('\r\n')])
  })
  return Buffer.concat([Buffer.from(preamble), ...pieces, Buffer.from(`--${boundary}--\r\n`)])
}

const bytes = fc.uint8Array({ maxLength: 60 }).map(array => Buffer.from(array))
/** Values that look like parts of a form, or contain anything else. */
const value = fc.oneof(
  bytes,
  fc
    .constantFrom('', '\r\n', '--wall', '\r\n--wal', 'name="model"', '\r\n\r\n', '--')
    .map(text => Buffer.from(text)),
)
const part = fc.record({ name: fc.constantFrom('file', 'prompt', 'n'), value, isFile: fc.boolean() })
const parts = fc.array(part, { maxLength: 5 })
const isWhole = (body: Buffer, count: number) =>
  body.toString('latin1').split(`--${boundary}`).length === count + 2

t.test('the value of a field is found wherever it stands, whatever the other parts hold', async t => {
  fc.assert(
    fc.property(
      parts,
      parts,
      value,
      fc.constantFrom('', 'preamble\r\n'),
      (before, after, model, preamble) => {
        const all = [...before, { name: 'model', value: model, isFile: false }, ...after]
        const body = bodyOf(all, preamble)
        // A form cannot contain a value with the boundary in it.
        fc.pre(isWhole(body, all.length))
        const place = findField(body, boundary, 'model')!
        return body.subarray(place.start, place.end).equals(model)
      },
    ),
  )
  t.pass()
})

t.test('a form without the field, or with a file of that name, has no place for it', async t => {
  fc.assert(
    fc.property(parts, value, (others, content) => {
      const all = [...others, { name: 'model', value: content, isFile: true }]
      const body = bodyOf(all)
      fc.pre(isWhole(body, all.length))
      return (
        findField(body, boundary, 'model') === undefined &&
        findField(bodyOf(others), boundary, 'model') === undefined
      )
    }),
  )
  t.pass()
})

t.test('a field that is cut off is not there yet, and any bytes are read without an error', async t => {
  const body = bodyOf([{ name: 'model', value: Buffer.from('whisper-1'), isFile: false }])
  const whole = body.lastIndexOf('\r\n--wall') + '\r\n--wall'.length
  for (let end = 0; end < whole; end++)
    t.equal(findField(body.subarray(0, end), boundary, 'model'), undefined)
  t.strictSame(findField(body.subarray(0, whole), boundary, 'model'), findField(body, boundary, 'model'))
  fc.assert(fc.property(fc.uint8Array(), array => findField(Buffer.from(array), 'a', 'model') === undefined))
})

t.test('a form of more parts than any service takes is refused', async t => {
  const part = { name: 'x', value: Buffer.alloc(0), isFile: false }
  t.throws(() => findField(bodyOf(Array.from({ length: 1_100 }, () => part)), boundary, 'model'), {
    code: 'invalid_value',
  })
})

t.test('the boundary is the one that the content type names', async t => {
  t.equal(boundaryOf('multipart/form-data; boundary=abc'), 'abc')
  t.equal(boundaryOf('Multipart/Form-Data; charset=utf-8; Boundary="a b:c"; x=y'), 'a b:c')
  for (const type of [
    undefined,
    'application/json; boundary=abc',
    'multipart/form-data',
    `multipart/mixed; boundary=${'x'.repeat(80)}"`,
  ])
    t.equal(boundaryOf(type), undefined)
})
