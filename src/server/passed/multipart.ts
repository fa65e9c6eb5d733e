import { HulumanageError } from '../../contract/index.ts'

/** The place of a field's value in a body. */
export interface Place {
  readonly start: number
  readonly end: number
}

/** Maximum parts of a body. The services accept a few dozen. */
export const maxParts = 1000
/** Maximum bytes of the head of a part. */
export const maxHead = 4096
const nameInHead = /^content-disposition:[^\r\n]*;\s*name=(?:"([^"\r\n]*)"|([^\s;"]+))/im
const fileInHead = /^content-disposition:[^\r\n]*;\s*filename\*?=/im

/** The boundary that a content type names; undefined if it is not that of a multipart body. */
export function boundaryOf(contentType: string | undefined): string | undefined {
  if (contentType === undefined || !/^multipart\//i.test(contentType)) return undefined
  const found = /;\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))\s*(?:;|$)/i.exec(contentType)
  return found?.[1] ?? found?.[2]
}

/**
 * The place of a text field in a multipart body, or in the beginning of one; undefined if it is absent. Throws
 * `invalid_value` if the field occurs twice: the service might read the other one.
 */
export function findField(bytes: Buffer, boundary: string, name: string): Place | undefined {
  const mark = Buffer.from(`\r\n--${boundary}`, 'latin1')
  let found: Place | undefined
  let at = bytes.indexOf(mark.subarray(2)) === 0 ? mark.length - 2 : endOf(bytes, mark, 0)
  for (let parts = 0; at !== -1; parts++) {
    if (parts > maxParts) throw refused(name, `the body has more than ${maxParts} parts`)
    const headEnd = bytes.subarray(at, at + maxHead).indexOf('\r\n\r\n')
    const start = at + headEnd + 4
    const next = bytes.indexOf(mark, headEnd === -1 ? at : start - 2)
    if (headEnd !== -1 && next !== -1 && isField(bytes.toString('latin1', at, start), name)) {
      if (found) throw refused(name, 'the field is there twice')
      found = { start: Math.min(start, next), end: next }
    }
    at = next === -1 ? -1 : next + mark.length
  }
  return found
}

function endOf(bytes: Buffer, mark: Buffer, from: number): number {
  const at = bytes.indexOf(mark, from)
  return at === -1 ? -1 : at + mark.length
}

function isField(head: string, name: string): boolean {
  const found = nameInHead.exec(head)
  return (found?.[1] ?? found?.[2]) === name && !fileInHead.test(head)
}

function refused(param: string, problem: string): HulumanageError {
  return new HulumanageError('invalid_value', `${param}: ${problem}`, { param })
}
