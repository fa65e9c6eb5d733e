const fenced = /^```(?:[^\n`]*\n)?([\s\S]*)```$/
const choice = /^[([]?([A-J])(?:[)\]].*|[.:])?$/s
const quantity =
  /^([$€£]?)([-+]?)([$€£]?)(\d{1,3}(?:,\d{3})+|\d{1,300})?(?:\.(\d{1,300}))?(?:e([-+]?\d{1,2}))?(?:\s?\/\s?(\d{1,300}))?(.*)$/s

/**
 * One spelling for answers that mean the same: 0.5, 1/2, 50% and \frac{1}{2} are equal, and so are 1,000 and 1000.00,
 * `(B)` and `B) Paris`, code with other blanks, text in other case. Units and currencies count. Numbers are compared
 * exactly, however long.
 */
export function answerKeyOf(answer: string): string {
  const trimmed = answer.trim()
  const code = fenced.exec(trimmed)
  if (code) return `code:${codeKey(code[1]!)}`

  const plain = withoutMarkup(trimmed)
  const letter = choice.exec(plain)
  if (letter) return `choice:${letter[1]!.toLowerCase()}`
  return numberKey(plain) ?? `text:${textKey(plain)}`
}

/** Indentation has a meaning; other runs of blanks and empty lines have none. */
function codeKey(code: string): string {
  return code
    .split('\n')
    .filter(line => line.trim() !== '')
    .map(line => line.slice(0, line.search(/\S/)) + line.trim().replaceAll(/\s+/g, ' '))
    .join('\n')
}

/** Without Markdown emphasis, the shell of LaTeX, quotes around, a variable in front and a full stop at the end. */
function withoutMarkup(text: string): string {
  const bare = text
    .normalize('NFC')
    .replaceAll(/[−–]/g, '-')
    .replaceAll(/\*\*|__|\\[()[\]]|\\left|\\right|\\displaystyle/g, '')
    .replaceAll(/\\[,;!: ]|~/g, ' ')
    .replaceAll(/\\(?:text|mathrm|mathbf|boxed)\{([^{}]*)\}/g, '$1')
    .replaceAll(/\\[dt]?frac\{([^{}]*)\}\{([^{}]*)\}/g, '$1/$2')
    .replaceAll(/\\([%$])/g, '$1')
    .trim()
  return unquoted(bare)
    .replace(/^[a-z]\s{0,3}=\s{0,3}/i, '')
    .trim()
}

function unquoted(text: string): string {
  const ended = text.replace(/[.!]$/, '').trim()
  const [first = '', last = ''] = [ended.at(0), ended.at(-1)]
  const pair = ended.length > 2 && first === last && ['$', '"', "'", '`'].includes(first)
  return pair ? unquoted(ended.slice(1, -1)) : ended
}

function numberKey(text: string): string | undefined {
  const match = quantity.exec(text)
  if (!match) return undefined
  const [
    ,
    before = '',
    sign,
    after = '',
    whole = '',
    decimals = '',
    exponent = '0',
    divisor = '1',
    rest = '',
  ] = match
  const unit = rest.trim().toLowerCase()
  if (`${whole}${decimals}` === '' || /^[\d.,/(^+*=-]/.test(unit) || /^0+$/.test(divisor)) return undefined

  const percent = unit === '%' || unit === 'percent'
  const power = Number(exponent) - decimals.length - (percent ? 2 : 0)
  const top = BigInt(`${whole.replaceAll(',', '')}${decimals}`) * 10n ** BigInt(Math.max(power, 0))
  const bottom = BigInt(divisor) * 10n ** BigInt(Math.max(-power, 0))
  const common = divisorOf(top, bottom)
  const value = `${sign === '-' && top > 0n ? '-' : ''}${top / common}/${bottom / common}`
  return `number:${value}${before}${after}${percent || unit === '' ? '' : ` ${textKey(unit)}`}`
}

/** The greatest common divisor. */
function divisorOf(left: bigint, right: bigint): bigint {
  return right === 0n ? left : divisorOf(right, left % right)
}

/** Only what ends a word is dropped: a minus, a point or a comparison inside says something. */
function textKey(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/["'`“”‘’]/g, '')
    .replaceAll(/[.,;:!?]+(?=\s|$)/g, '')
    .replace(/^(?:the|an?) /, '')
    .replaceAll(/\s+/g, ' ')
    .trim()
}
