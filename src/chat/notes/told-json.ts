import { isData } from '../images/data-url.ts'

/** The length from which data in base64 is not told: a model cannot read it, and a picture would fill its context. */
const longData = 2000

/** A value as JSON for a model to read, in which the data of pictures and files is named by its length. */
export function toldJson(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'string' && isFileData(inner)
      ? `[data of ${inner.length.toLocaleString('en')} characters]`
      : inner,
  )
}

/** Whether it is a `data:` URL or long base64. Sequences and digits in hexadecimal have letters of one case only. */
function isFileData(text: string): boolean {
  if (isData(text)) return /^data:[^\s,]*,/i.test(text.slice(0, longData))
  const isLong = text.length >= longData && !/[^\w+/=-]/.test(text)
  return isLong && /[a-z]/.test(text) && /[A-Z]/.test(text) && /\d/.test(text)
}
