const unicodeFraction = /(\d?)([¼-¾⅐-⅞])/g
const superscript = /[⁺⁻]?[⁰¹²³⁴-⁹]+/g
export const boldMark = /(?<![\w)])\*\*|\*\*(?![\w(])|__/g

/** Symbols by their LaTeX command or ASCII spelling. */
const symbols: ReadonlyMap<string, string> = new Map(
  Object.entries({
    '\\le': '≤',
    '\\leq': '≤',
    '<=': '≤',
    '\\ge': '≥',
    '\\geq': '≥',
    '>=': '≥',
    '\\ne': '≠',
    '\\neq': '≠',
    '!=': '≠',
    '\\lt': '<',
    '\\gt': '>',
    '\\pi': 'π',
    '\\infty': '∞',
    '\\pm': '±',
    '\\in': '∈',
    '\\cup': '∪',
    '\\cap': '∩',
    '\\cdot': '*',
    '\\times': '*',
    '\\div': '/',
    '\\approx': '≈',
    '\\circ': '°',
    '\\degree': '°',
    '\\quad': ' ',
    '\\qquad': ' ',
    '\\{': '{',
    '\\}': '}',
    '\\%': '%',
    '\\$': '$',
    '\\#': '#',
    '\\&': '&',
    '·': '*',
    '×': '*',
    '⋅': '*',
  }),
)

/**
 * A short answer as plain text: LaTeX, Markdown emphasis and Unicode forms of the same thing get the same spelling. Meant
 * for comparison, not for readers.
 */
export function plainMath(text: string): string {
  const unicode = text
    .replaceAll(/\n\s{0,9}[-*+•]\s+/g, ', ')
    .replaceAll(unicodeFraction, (_all, whole: string, fraction: string) => {
      return `${whole} ${fraction.normalize('NFKC').replace('⁄', '/')}`
    })
    .replaceAll(superscript, digits => `^${digits.normalize('NFKC')}`)
    .normalize('NFKC')
    .replaceAll(/[−–‒]/g, '-')
    .replaceAll(boldMark, '')
    .replaceAll('**', '^')
  return withoutLatex(unicode).replaceAll(/\s+/g, ' ').trim()
}

function withoutLatex(text: string): string {
  const unwrapped = text
    .replaceAll(/(?<=\d)(?:\{,\}|,?\\[,;:! ])(?=\d{3}(?!\d))/g, ',')
    .replaceAll(/\\[()[\]]|\\(?:left|right|displaystyle|bigl?|bigr?)(?![a-z])|\\!/gi, '')
    .replaceAll(/\\[,;: ]|~/g, ' ')
  return withoutStyle(withoutStyle(unwrapped))
    .replaceAll(/\\[a-z]+|[<>!]=|[·×⋅]/gi, symbolOf)
    .replaceAll(/\\sqrt\s?(?:\{([^{}]*)\}|(\w))/g, (_all, inner = '', one = '') => `√${group(inner || one)}`)
    .replaceAll(/(\d?)\s?\\[dtc]?frac\s?(?:\{([^{}]*)\}|(\d))\s?(?:\{([^{}]*)\}|(\d))/g, fraction)
    .replaceAll(/\\[{}%$#&]/g, symbolOf)
    .replaceAll(/\^\s?(?:\{\s?°\s?\}|°)/g, '°')
    .replaceAll(/([\^_])\{(-?[\w.]+)\}/g, '$1$2')
}

function symbolOf(command: string): string {
  return symbols.get(command) ?? command
}

/** Removes one level of style commands; call it twice, since they nest: `\boxed{\text{B}}`. */
function withoutStyle(text: string): string {
  return text.replaceAll(
    /\\(?:text(?:bf|it|rm|tt|sf)?|math(?:rm|bf|it|sf|tt)|operatorname|boxed|fbox|mbox|emph|bm)\s?\{([^{}]*)\}/g,
    '$1',
  )
}

function fraction(_all: string, whole = '', top = '', topDigit = '', bottom = '', bottomDigit = ''): string {
  return `${whole === '' ? '' : `${whole} `}${group(top || topDigit)}/${group(bottom || bottomDigit)}`
}

function group(term: string): string {
  const inner = term.trim()
  return /^-?[\p{L}\d.√]*$/u.test(inner) ? inner : `(${inner})`
}
