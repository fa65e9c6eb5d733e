const environment = /\\begin\{([pbB]?matrix|array|cases|aligned|align\*?|gathered)\}[^]{1,1000}?\\end\{\1\}/g
const introduction = String.raw`(?:[^\\$\d=]{0,100}\s)?`
const opening = String.raw`(?:\\[([]|\${1,2})?\s{0,3}`
const closing = String.raw`\s{0,3}(?:\\[)\]]|\${1,2})?[.,]?`
const bracketed =
  String.raw`(?:\\left\s?[[(]\s?)?` +
  String.raw`\\begin\{([pbB]?matrix|array)\}(?:[^\\]|\\(?!begin|end)){1,1000}\\end\{\2\}` +
  String.raw`(?:\s?\\right\s?[\])])?`
/** A matrix alone in a line, in the marks of a formula, behind words that introduce it. */
const alone = new RegExp(`^${introduction}${opening}(${bracketed})${closing}$`)

/** The text with each matrix in one line. */
export function withFlatMatrices(text: string): string {
  return text.includes('\\begin{')
    ? text.replaceAll(environment, all => all.replaceAll(/\s*\n\s*/g, ' '))
    : text
}

/** The matrix that a line consists of, apart from words before it. */
export function readMatrix(line: string): string | undefined {
  return line.length > 1500 ? undefined : alone.exec(line)?.[1]
}
