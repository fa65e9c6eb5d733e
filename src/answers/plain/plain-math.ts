import { symbols } from './symbols.ts'

/** A fraction of one character, with a digit before it, and whether it is a factor of what follows. */
const unicodeFraction = /(\d?)([¼-¾⅐-⅞])(?=(\p{L}(?!\p{L}{3})|[(√\\])?)/gu
/** A number with a comma that takes no room, as LaTeX has it: no list, unlike "14,916" behind "x =". */
const thousands = /(?<![\d.,}])[1-9]\d{0,2}(?:\{,\}\d{3}){1,9}(?![\d{])/g
const superscript = /[⁺⁻]?[⁰¹²³⁴-⁹]+/g
/** The marks around bold text in Markdown, but no power such as `2**3`. */
export const boldMark = /(?<![\w)])\*\*|\*\*(?![\w(])|__/g

/** One backslash too many before a command, as in JSON. */
const escaped =
  /(?<!\\)\\\\(?=(?:[dt]?frac|sqrt|boxed|text|left|right|pi|theta|cdot|times|infty|cup|in|pm)(?![a-z]))/g
/** Digits of Arabic, Persian, the scripts of India, Thai, Lao, Tibetan and Burmese. */
const otherDigits = /[٠-٩۰-۹०-९০-৯੦-੯૦-૯୦-୯௦-௯౦-౯೦-೯൦-൯๐-๙໐-໙༠-༩၀-၉]/gu
const zeros = Array.from('٠۰०০੦૦୦௦౦೦൦๐໐༠၀', zero => zero.codePointAt(0)!)

/** The text with the digits of other scripts in ASCII. */
export function asciiDigits(text: string): string {
  return text.replaceAll(otherDigits, digit => {
    const code = digit.codePointAt(0)!
    return String(code - zeros.findLast(zero => zero <= code)!)
  })
}

/** Marks of formulas; a dollar before a blank or a digit is money. */
const display = /\$\$([^$]{1,2000})\$\$/g
const inline = /\$(?=\S)([^$]{0,300}[^\s$])\$(?!\d)/g

const matrixName = String.raw`\{(?:(?:[pbB]|small)?matrix|array)\}`
const matrixParts = {
  left: String.raw`(?:\\left\s?[[(]\s{0,3})?`,
  begin: String.raw`\\begin${matrixName}(?:\{[clr|\s]{1,20}\})?`,
  inside: String.raw`((?:[^\\]|\\(?!begin|end)){0,400}?)`,
  end: String.raw`\\end${matrixName}`,
  right: String.raw`(?:\s{0,3}\\right\s?[\])])?`,
}
const matrix = new RegExp(Object.values(matrixParts).join(''), 'g')

/** Between rows, with the distance to the next one. */
const rowEnd = /\\\\(?:\[[\d.]{1,4}\s?\p{L}{2}\])?/u
const styles = [
  'text(?:bf|it|rm|tt|sf|normal)?|math(?:rm|bf|it|sf|tt|cal)|boldsymbol',
  'operatorname|boxed|fbox|mbox|emph|bm|ce',
].join('|')
/** A style and its text, with the command before it, to which its letters do not belong. */
const styled = new RegExp(String.raw`(\\[A-Za-z]+)?\\(?:${styles})\s?\{([^{}]*)\}`, 'g')
/** The index of a letter that is a vector: no text has it. */
const vectorMark = 'ϟ'
const rowsParts = {
  left: String.raw`(?:\\left\s?\\\{\s?)?`,
  begin: String.raw`\\begin\{(cases|aligned|align\*?|gathered)\}`,
  inside: String.raw`([^&]{1,20}(?:&\s?[=<>≤≥]|[^&\\]|\\(?!end)){1,400}?)`,
  end: String.raw`\\end\{\1\}`,
  right: String.raw`(?:\s?\\right\s?\.)?`,
}
/** Equations below each other. */
const rows = new RegExp(Object.values(rowsParts).join(''), 'g')

const logic = 'land|lor|wedge|vee|to|rightarrow|Rightarrow|implies|iff|leftrightarrow|neg|lnot'
const operator = String.raw`(?:^|[(,;=∧∨→↔⇒⇔&|¬]|\\(?:${logic})(?![a-z]))\s{0,3}`
/** A tilde in front of a letter or a bracket, at the beginning or behind an operator of logic: ~p. Elsewhere it is a blank. */
const negation = new RegExp(
  String.raw`(?<before>${operator})(?:~|\\sim(?![a-z]))(?=\s?(?:\p{L}(?!\p{L})|\(|~))`,
  'gu',
)
const vectorBefore = String.raw`(?:(?<![\p{L}\\])[A-Za-z](?:_\w)?|[A-Z]{2}\})['}]{0,2}\s?`
const vectorMarks = 'vec|hat|bm|math(?:bf|rm)|boldsymbol|overrightarrow'
const vectorAfter = String.raw`\s?(?:\\(?:${vectorMarks})(?![a-z])|[A-Za-z](?![\p{L}(]))`
/** The sign between single letters, which is that of a product of vectors: a × b is not b × a. Behind π it multiplies numbers. */
const vectorProduct = new RegExp(
  String.raw`(?<=${vectorBefore})(?:×|\\times(?![a-z]))(?=${vectorAfter})`,
  'gu',
)

/**
 * A short answer as plain text: LaTeX, Markdown emphasis and Unicode forms of the same thing get the same spelling. Meant
 * for comparison, not for readers.
 */
export function plainMath(text: string): string {
  const formulas = /[\\$]/.test(text) ? withoutFormulaMarks(text) : text
  const listed = formulas.includes('\n') ? formulas.replaceAll(/\n\s{0,9}[-*+•]\s+/g, ', ') : formulas
  const ascii = isAscii(listed) ? listed : withAsciiSigns(listed)
  const digits = ascii.includes('{,}') ? withoutBraces(ascii) : ascii
  return withoutLatex(withOwnSigns(digits.replaceAll(boldMark, '').replaceAll('**', '^')))
    .replaceAll(/\s+/g, ' ')
    .trim()
}

/** Whether a text has no characters beyond ASCII; most rules about signs have nothing to do then. */
export function isAscii(text: string): boolean {
  return /^[\0-\x7F]*$/.test(text)
}

/** The digits of "14{,}916" together, and a comma in "0{,}5". */
function withoutBraces(text: string): string {
  return text
    .replaceAll(thousands, number => number.replaceAll('{,}', ''))
    .replaceAll(/(?<=\d)\{,\}(?=\d)/g, ',')
}

/** The text without the marks around formulas, with matrices and rows of equations as lists. */
function withoutFormulaMarks(text: string): string {
  return text
    .replaceAll(escaped, '\\')
    .replaceAll(/\\q?quad(?=[a-zA-Z]\b|[a-zA-Z]_)/g, ' ')
    .replaceAll(display, '$1')
    .replaceAll(inline, '$1')
    .replaceAll('\\begin{vmatrix}', '\\det\\begin{pmatrix}')
    .replaceAll('\\end{vmatrix}', '\\end{pmatrix}')
    .replaceAll(matrix, matrixAsList)
    .replaceAll(rows, rowsAsList)
}

/** The text with digits, fractions, powers and other signs of Unicode as ASCII has them. */
function withAsciiSigns(text: string): string {
  return asciiDigits(text)
    .replaceAll(/[ℝℤℕℚℂ]/g, set => `\\mathbb{${set.normalize('NFKC')}}`)
    .replaceAll(unicodeFraction, (_all, whole: string, sign: string, isFactor: string) => {
      const fraction = sign.normalize('NFKC').replace('⁄', '/')
      return isFactor && whole === '' ? `(${fraction})` : `${whole} ${fraction}`
    })
    .replaceAll(superscript, digits => `^${digits.normalize('NFKC')}`)
    .replaceAll(/(?<=\b[a-z])[₀-₉]+/g, digits => `_${digits.normalize('NFKC')}`)
    .normalize('NFKC')
    .replaceAll(/[−–‒]/g, '-')
    .replaceAll(/[⁄∕]/g, '/')
    .replaceAll(/(?<=\d)\s?又\s?(?=\d{1,9}\/\d)/g, ' ')
}

/** The text with the signs for a negation and a product of vectors that no other meaning shares. */
function withOwnSigns(text: string): string {
  const negated = /~|\\sim/.test(text) ? text.replaceAll(negation, '$<before>¬') : text
  return /×|\\times/.test(negated) ? negated.replaceAll(vectorProduct, '⨯') : negated
}

function withoutLatex(text: string): string {
  const plain = text.includes('\\')
    ? withoutCommands(text)
    : text.replaceAll('~', ' ').replaceAll(/[<>!]=|->|[·×⋅÷⟨⟩∛]/g, symbolOf)
  return plain
    .replaceAll(/\^\s?(?:\{\s?°\s?\}|°)/g, '°')
    .replaceAll(/°\s(?=[CF](?![\p{L}\d]))/gu, '°')
    .replaceAll(/([\^_])\{(-?\d+(?:\.\d+)?|\w)\}(?![\d.])/g, '$1$2')
    .replaceAll(/_\{(\w{1,9})\}(?!\w)/g, '_$1')
    .replaceAll(/(?<=[)\]}])(or|and)(?=[([{])/g, ' $1 ')
    .replaceAll(/\+∞|\binfinity\b/gi, '∞')
}

/** The text with LaTeX commands as symbols, operators and brackets. */
function withoutCommands(text: string): string {
  const unwrapped = text
    .replaceAll(/\^\s?(?:\{\s?\\circ\s?\}|\\circ(?![a-z]))/g, '°')
    .replaceAll(
      /\\pmod\s?(?:\{(\w{1,20})\}|(\w))/g,
      (_all, modulus = '', one = '') => `(mod ${modulus || one})`,
    )
    .replaceAll(/\{([^{}\\]{1,40})\\over(?![a-z])\s?([^{}\\]{1,40})\}/g, '\\frac{$1}{$2}')
    .replaceAll(/\{([^{}\\]{1,40})\\choose\s?([^{}\\]{1,40})\}/g, '\\binom{$1}{$2}')
    .replaceAll(/\\(?:hat|vec)\s?\{\s?([ijk])\s?\}/g, '$1')
    .replaceAll(/\\vec(?:\s?\{\s?([A-Za-z])\s?\}|\s([A-Za-z])(?![A-Za-z]))/g, ` $1$2_${vectorMark}`)
    .replaceAll(/(?<![\d.])(\d{1,9})\.(\d{0,9})\\(?:overline|bar|dot)\s?\{(\d{1,9})\}(?!\d)/g, repeating)
    .replaceAll(/(?<=\d),?\\[,;:! ]\s?(?=\d{3}(?!\d))/g, ',')
    .replaceAll(/\\[()[\]]|\\(?:left|right|displaystyle|bigl?|bigr?)(?![a-z])|\\!/gi, '')
    .replaceAll(/\\[,;: ]|~/g, ' ')
  return withoutStyle(withoutStyle(unwrapped))
    .replaceAll(/\\[a-z]+|[<>!]=|->|[·×⋅÷⟨⟩∛]/gi, symbolOf)
    .replaceAll(/\\sqrt\s?(?:\{([^{}]*)\}|(\w))/g, (_all, inner = '', one = '') => `√${group(inner || one)}`)
    .replaceAll(/(\d?)\s?\\[dtc]?frac\s?(?:\{([^{}]*)\}|(\d))\s?(?:\{([^{}]*)\}|(\d))/g, fraction)
    .replaceAll(/\\[{}%$#&]/g, symbolOf)
}

function symbolOf(command: string): string {
  return symbols.get(command) ?? command
}

/** Removes one level of style commands; call it twice, since they nest: `\boxed{\text{B}}`. */
function withoutStyle(text: string): string {
  return text.replaceAll(styled, (_all, command: string | undefined, inside: string) =>
    command === undefined ? inside : `${command} ${inside}`,
  )
}

/** A decimal whose last digits repeat for ever, as a fraction. */
function repeating(_all: string, whole: string, fixed: string, period: string): string {
  const nines = 10n ** BigInt(period.length) - 1n
  const before = BigInt(whole + fixed)
  return `${before * nines + BigInt(period)}/${nines * 10n ** BigInt(fixed.length)}`
}

function fraction(all: string, ...groups: (string | number)[]): string {
  const [whole, top, topDigit, bottom, bottomDigit] = groups.slice(0, 5).map(part => String(part ?? ''))
  const [offset, text] = [Number(groups[5]), String(groups[6])]
  const quotient = `${group(top || topDigit!)}/${group(bottom || bottomDigit!)}`
  if (whole) return `${whole} ${quotient}`
  // As one factor of several, a fraction keeps its borders.
  const isFactor =
    /[\w)}/^!√]\s?$/.test(text.slice(Math.max(0, offset - 2), offset)) ||
    /^\s?[\p{L}\d({^!√\\]/u.test(text.slice(offset + all.length, offset + all.length + 2))
  return isFactor && !/^ ?\\?[a-z]{3}/i.test(text.slice(offset + all.length, offset + all.length + 5))
    ? `(${quotient})`
    : quotient
}

/** Equations in one line, with commas between them. */
function rowsAsList(_all: string, _environment: string, inside: string): string {
  return inside
    .split(rowEnd)
    .map(row => row.replaceAll('&', '').trim().replace(/,$/, ''))
    .filter(row => row !== '')
    .join(', ')
}

/** Rows in brackets, without the distances between them. */
function matrixAsList(_all: string, inside: string): string {
  const rows = inside.split(rowEnd).filter(row => row.trim() !== '')
  return `[${rows
    .map(
      row =>
        `[${row
          .split('&')
          .map(item => item.trim())
          .join(', ')}]`,
    )
    .join(', ')}]`
}

function group(term: string): string {
  const inner = term.trim()
  return /^-?(?:\d+(?:\.\d+)?|√?\d+|\p{L}|)$/u.test(inner) ? inner : `(${inner})`
}
