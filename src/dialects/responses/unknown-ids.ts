import { textOf } from '../../chat/read/fields.ts'
import { HulumanageError } from '../../contract/index.ts'
import { clip } from '../../text/clip.ts'

const type = 'invalid_request_error'

/** OpenAI's own error for a response that is not kept, or no longer: clients then send the whole conversation. */
export function unknownResponse(id: unknown): HulumanageError {
  const param = 'previous_response_id'
  const message = `Previous response with id '${clip(textOf(id))}' not found.`
  const upstream = { message, type, param, code: 'previous_response_not_found' }
  return new HulumanageError('invalid_value', message, { param, upstream, shouldRetry: false })
}

/** OpenAI's own error for an item that is not kept, or no longer. */
export function unknownItem(id: unknown, param: string): HulumanageError {
  const message = `Item with id '${clip(textOf(id))}' not found. Send the item itself instead of its id.`
  const upstream = { message, type, param, code: null }
  return new HulumanageError('invalid_value', message, { param, upstream, status: 404, shouldRetry: false })
}
