import type { Test } from 'tap'
import type { ErrorBody, Heard } from './client.ts'

/** The error of a response, after checking that it is complete and contains no address. */
export function errorOf(t: Test, { text, headers, status }: Heard): ErrorBody['error'] {
  t.match(headers['content-type'], /^application\/json/)
  t.ok(headers['x-request-id'])
  if ((status === 429 || status === 503) && headers['x-should-retry'] !== 'false')
    t.ok(Number(headers['retry-after']) >= 1, 'says when to come back')
  return checkedError(t, text)
}

/** The message of an error without the paths that a 404 names, to clients that have a key. */
export function withoutPlace(message: string): string {
  return message.replace(/; asked for \/\S+?(?=;|$)/g, '')
}

/** The error object of a body or of an event, checked in the same way. */
export function checkedError(t: Test, text: string): ErrorBody['error'] {
  const body = JSON.parse(text) as ErrorBody
  t.strictSame(Object.keys(body), ['error'])
  t.strictSame(Object.keys(body.error).toSorted(), ['code', 'message', 'param', 'type'])
  t.notMatch(
    withoutPlace(body.error.message),
    /127\.0\.0\.1|localhost|http:|\.ts:|<html/i,
    'tells no address, no stack and no page',
  )
  return body.error
}
