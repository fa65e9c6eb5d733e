import t from 'tap'
import { clip } from '../../src/text/clip.ts'

t.test('a name is repeated in full up to 80 characters, and cut beyond that', async t => {
  t.equal(clip('a'.repeat(80)), 'a'.repeat(80))
  t.equal(clip('a'.repeat(1_000_000)), `${'a'.repeat(80)}…`)
})

t.test('what could break a line or a log, turn its direction or hide in it is replaced', async t => {
  t.equal(clip('a\r\nb\u0000\u009f'), 'a??b??')
  t.equal(clip('gpt\u202e4-\u2066mini\u200b\u2028\u{e0041}'), 'gpt?4-?mini???')
  t.equal(clip('模型-é-😀'), '模型-é-😀')
  t.equal(clip(`${'a'.repeat(79)}😀`), `${'a'.repeat(79)}\ufffd…`)
})
