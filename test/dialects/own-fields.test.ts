import t from 'tap'
import { takeOwnFields } from '../../src/dialects/own-fields.ts'

t.test('a field of ours that is too long is refused, without repeating it', async t => {
  const name = `hulumanage_${'x'.repeat(1_000_000)}`
  const refused = (body: object) => {
    try {
      takeOwnFields({ ...body }, new Set())
    } catch (error) {
      return String(error)
    }
    throw new Error('the body was accepted')
  }
  t.ok(refused({ [name]: 1 }).length < 1000)
  t.ok(refused({ hulumanage_approach: 'b'.repeat(2049) }).length < 1000)
  t.ok(refused({ proxy_wrap: 'b'.repeat(2049) }).length < 1000)
})

t.test("fields of LiteLLM's clients for its proxy are not sent on", async t => {
  const body = {
    model: 'm',
    num_retries: 2,
    metadata: { a: 'b' },
    litellm_session_id: 's',
    litellm_trace_id: 't',
    litellm_metadata: { team: 'a' },
    extra_body: { fallbacks: ['x'], mock_response: 'y', seed: 1 },
  }
  t.same(takeOwnFields(body, new Set()).rest, { model: 'm', metadata: { a: 'b' }, seed: 1 })
  t.same(takeOwnFields({ model: 'm', fallbacks: [] }, new Set()).rest, { model: 'm' })
})

t.test("Google's settings stay beside whatever else is in an extra_body inside of extra_body", async t => {
  const [inner, google] = [{ google: { b: 1 }, other: 3 }, { a: 1 }]
  for (const extra of [
    { extra_body: inner, google },
    { google, extra_body: inner },
  ])
    t.strictSame(takeOwnFields({ model: 'm', extra_body: extra }, new Set()).rest, {
      model: 'm',
      extra_body: { google, other: 3 },
    })
})
