/** Fences at any indentation; an unclosed block extends to the end. */
const block =
  /^[^\S\n\r\u2028\u2029]*(`{3,}(?!`)|~{3,}(?!~))[^\n]*\n([\s\S]*?)(?:^[^\S\n\r\u2028\u2029]*\1[^\S\n]*$|(?![\s\S]))/gm

/** The contents of the fenced code blocks of a text, in order, without surrounding blank lines. */
export function codeBlocks(text: string): string[] {
  return [...text.replaceAll('\r\n', '\n').matchAll(block)].map(([, , inside]) =>
    inside!.replace(/^(?:[^\S\n]*\n)+/, '').trimEnd(),
  )
}
