/** A letter, in brackets or followed by a bracket and words, but not by another letter. */
const choice =
  /^(?:(?:option|choice|answer)\s)?(?!.{1,3}\s?(?:[,;&]|and\b|or\b)\s?[([]?[A-J]\b)(?:[([]([A-J])[)\]].*|([A-J])(?:\).*|[.:])?)$/is
/** A letter of another alphabet, alone or in front of a bracket and words. */
const foreignChoice = /^[([]?([АБВГДЕΑΒΓΔΕאבגדהأبجدアイウエオ甲乙丙丁가나다라마])(?:[)\]](?:\s?\S.*)?|\.)?$/su

/**
 * The small letter of a choice that a term is or begins with; undefined for other terms. A lone lower-case letter does not
 * count: it is more often a variable than a choice.
 */
export function choiceLetter(term: string): string | undefined {
  const [, foreign] = foreignChoice.exec(term) ?? []
  if (foreign !== undefined) return foreign.toLowerCase()
  const [, bracketed, open] = choice.exec(term) ?? []
  const small = open !== undefined && open === term && /^[a-j]$/.test(open)
  return small ? undefined : (bracketed ?? open)?.toLowerCase()
}
