import { HulumanageError } from '../../contract/index.ts'
import { maxHead, maxParts } from './multipart.ts'

/** A line that names a field, and perhaps a file, without any character that readers take in different ways. */
const disposition =
  /^content-disposition: *form-data; *name=(?:"([^"\\]+)"|([\w.-]+))(?:; *filename=(?:"(?:[^"\\]|\\(?!"))+"|[\w.-]+))?(?:; *filename\*=[^\s";]+)?$/i
/** Any other line of the head of a part. */
const otherLine = /^(?!content-disposition)[\w-]+:[^\r\n]*$/i

/**
 * Checks that a form is written as every client writes one, so that no service reads a field `model` in it beside the one that
 * this server reads. Throws `invalid_value` for any other form.
 */
export function checkPlainForm(form: Buffer, boundary: string, contentType: string): void {
  if (contentType.match(/boundary/gi)?.length !== 1) throw unclear('its content-type names two boundaries')
  const [before, ...parts] = form.toString('latin1').split(`--${boundary}`, maxParts + 2)
  if (parts.length > maxParts) throw unclear(`it has more than ${maxParts} parts`)
  if (before !== '' || !parts.pop()?.startsWith('--'))
    throw unclear('it does not begin and end with its boundary')
  if (parts.map(nameIn).filter(name => name.toLowerCase() === 'model').length > 1)
    throw unclear('the field is there twice')
}

/** The name of the field in a part, which is all between two boundaries. */
function nameIn(part: string): string {
  const end = part.indexOf('\r\n\r\n')
  if (end === -1 || end > maxHead || !part.startsWith('\r\n') || !part.endsWith('\r\n'))
    throw unclear('a part has no short head, or no lines of its own')
  const lines = part.slice(2, end).split('\r\n')
  const [named, ...more] = lines.filter(line => !otherLine.test(line))
  const [, quoted, plain] = (more.length === 0 && named !== undefined && disposition.exec(named)) || []
  const name = quoted ?? plain
  if (name === undefined) throw unclear('the head of a part could be read in different ways')
  return name
}

function unclear(problem: string): HulumanageError {
  const message = `model: ${problem}; a form of a client that may use only some models must name one beyond doubt`
  return new HulumanageError('invalid_value', message, { param: 'model' })
}
