import { bareAnswerKey } from '../answer-key.ts'

const longestSentence = 200
/** Between sentences and clauses; a ratio has blanks around its colon. */
const divided = /[.!?;]\s|(?<!\s):\s|\n/
/** "The derivative of 3x² - 2x" and "adding them" name what is asked for; of "the red box", the box may be the answer. */
const property =
  /^(?:(?:so|thus|hence|therefore),? )?the (?:(?:[\p{L}'’-]{1,20} ){1,4}(?:of|when|between|for) \S|(?:[\p{L}'’-]{1,20} ){0,3}(?:formula|symbol|equation|expression|vertex|remainder|quotient|derivative|integral)$)|^\p{Lu}\p{Ll}{2,15}ing \S/iu
/** "The longest river in the world", "goodbye in French": of these, the value is a name or a quotation. */
const place = /^\S.{0,60}\sin (?:the |our )?\p{L}{3,20}(?:\s\p{L}{3,20})?$/u
/** Not the verb of "when 17 is divided by 5". */
const copula =
  /\s(?:is|are|was|were|equals|gives|yields)(?!\s(?:divided|multiplied|rounded|raised|written|expressed|evaluated)\b)(?:\s(?:equal to|approximately|about|exactly|at|the|called|(?:generally )?considered to be(?: the)?))?\s/
const uncertain = /\b(?:not|never|no|if|unless|whether|or|than|most|least|but|both|either)\b|n['’]t\b/i
/** "(approximately 78.54 cm²)" behind a value; a point is itself one. */
const otherForm = /\s\((?=[^()]{0,60}\p{L}{2})[^()]{1,60}\)(?=[.!]?$)/u
const quoted = /^(?:"([^"]{1,60})"|“([^”]{1,60})”|`([^`]{1,60})`)$/
const word = String.raw`(?:\p{Lu}[\p{L}'’-]{0,20})`
/** A name, such as "Leonardo da Vinci". */
const name = String.raw`${word}(?:\s(?:(?:da|de|of|van|von|the)\s)?${word}){0,3}`
const names = new RegExp(`^${name}$`, 'u')
/** Sentences with a name at their end, in several languages. */
const naming = [
  String.raw`^[Tt]he (?!(?:answer|result)\b)[^.;:,!?\n\d"“]{3,100}? (?:is|was) (${name})$`,
  String.raw`^D(?:ie|er|as) [^.;:,!?\n\d"“]{3,100}? ist (${name})$`,
  String.raw`^(?:L[aeo]|El|Il|A|O|L[’'])\s?[^.;:,!?\n\d"“]{3,100}? (?:es|est|è|é) (${name})$`,
  String.raw`^[\p{Script=Han}]{2,12}的[\p{Script=Han}]{1,8}是(\p{Script=Han}{1,10})[。]?$`,
  String.raw`^[^.;:!?\n]{3,80} (?:written|painted|invented|discovered|founded|composed|directed|created) by (${name})$`,
].map(source => new RegExp(source, 'u'))
const alternative = /\b(?:not|if|or|and)\b|[不没未非]/i
/** "print(2 + 3) outputs 5." */
const shown = /^[^\n]{1,150} (?:outputs|prints|returns|evaluates to) (.{1,60})$/
/** "I would classify this as negative." */
const classified =
  /\b(?:classify|label|categorize|rate) (?:this|it|the \p{L}{3,15})(?: \p{L}{3,15})? as ["“]?(\p{L}{3,20})["”]?$/iu
/** ", since each box holds 4" behind an answer. */
const reason = /^(.{1,150}?)(?:,|\s[—–-])?\s(?:since|because)\s(?!.*\b(?:or|unless|but|if)\b).{4,200}$/i

/**
 * The value of a property, in a text that is one sentence about it: 12 of "The GCD of 36 and 48 is 12." Undefined if the
 * sentence has a second statement, bounds the value or leaves it open.
 */
export function readProperty(plain: string): string | undefined {
  const sentence = bareSentence(plain.trim().replace(otherForm, ''))
  if (sentence.length > longestSentence || divided.test(sentence) || uncertain.test(sentence))
    return undefined
  const [, label] = classified.exec(sentence) ?? []
  const [, result] = shown.exec(sentence) ?? []
  if (label !== undefined || (result !== undefined && isValue(result))) return label ?? result
  const [subject, value, more] = sentence.split(copula, 3)
  if (value === undefined || more !== undefined || /[=<>≤≥≈]/.test(value)) return undefined
  const words = quoted.exec(value)?.slice(1).find(Boolean) ?? names.exec(value)?.[0]
  if (property.test(subject!)) return words ?? (isValue(value) ? value : undefined)
  return place.test(subject!) ? words : undefined
}

/** "The capital of Peru is Lima." as the whole text: a name of some words. */
export function readName(plain: string): string | undefined {
  if (alternative.test(plain)) return undefined
  const sentence = bareSentence(plain.trim())
  return naming.map(pattern => pattern.exec(sentence)?.[1]).find(Boolean)
}

/** "12, since each of the 3 boxes holds 4" as the whole text, up to the reason. */
export function withoutReason(plain: string): string | undefined {
  const sentence = plain.trim()
  return divided.test(sentence) ? undefined : reason.exec(sentence)?.[1]
}

function bareSentence(text: string): string {
  return text.replace(/[.!]$/, '')
}

/** Whether a text is a number, an expression, a formula, a set or the like, and no part of it is prose. */
export function isValue(text: string): boolean {
  return !bareAnswerKey(text).includes('text:')
}
