import { withoutThinking } from '../../../src/plugin.ts'

const names = 'verdict|assessment|judge?ment|urteil|fazit|verdetto|veredic?to|вердикт|结论|結論|判定|판정'
/** A name of the verdict as a whole word, and the line behind it. */
const label = new RegExp(
  String.raw`(?<!\p{L})(?:${names})(?!\p{Script=Latin}|\p{Script=Cyrillic})` +
    String.raw`["'\s]{0,3}(?:is\b|[:=：–—-])?["'\s]{0,4}([^\n]*)`,
  'giu',
)
/** Behind the name of the verdict only: alone, they may be the answer to a question. */
const truth = /^[^\p{L}\n]{0,6}(true|false)(?=[\s.!]{0,3}$)/iu
/** Nothing but a mark, or a word in the language of the question: reasons behind it may say the contrary. */
const ending = String.raw`(?=[\s。.！!]{0,3}$|[.。！!]\s)`
const affirmations = [
  '[✓✔✅]️?|pass(?:e[ds])?|richtig|korrekt|correct[aeo]|corrett[ao]|corret[ao]|juist',
  'верно|правильно|正确|正確|正しい(?:です)?|맞(?:음|습니다|다)',
].join('|')
const denials = [
  'nicht (?:korrekt|richtig)|pas (?:correcte?|juste)|no (?:es )?correct[ao]|non (?:è )?corrett[ao]',
  '[✗✘❌✖]️?|fail(?:ed|s)?|falsch|inkorrekt|incorrect[aeo]|incorret[ao]|faux|fausse|errat[ao]|errad[ao]|onjuist',
  'неверно|неправильно|不正[确確]|错误|錯誤|誤り(?:です)?|間違い(?:です)?|틀(?:림|렸습니다|렸다)',
].join('|')
const affirmed = new RegExp(String.raw`^[^\p{L}\n✗✘❌✖]{0,6}(?:${affirmations})${ending}`, 'iu')
const denied = new RegExp(String.raw`^[^\p{L}\n✓✔✅]{0,6}(?:${denials})${ending}`, 'iu')
const flag = /\b(?:is_)?correct["']?\s{0,3}[:=]\s{0,3}["']?(true|false|yes|no)\b/gi
const leading = /^[^\p{L}\n]{0,4}(correct|incorrect|incomplete)\b(?!\W{0,3}(?:or\W{1,3})?(?:in)?co)/iu

const denial = String.raw`(?:\b(?:not|never|hardly|cannot|neither|no longer|far from)\b|n['’]t\b)`
const within = String.raw`(?:(?!\b(?:find|found|see|spot|detect|faults?|errors?|mistakes?)\b)[^.;:\n]){0,24}?`
const deniedRight = new RegExp(
  String.raw`${denial}${within}(?<!\p{L})(?:correct|right|valid|complete)\b`,
  'giu',
)
/** "ce n'est pas tout à fait correct", "no está correct": the word for right is that of English. */
const deniedAbroad =
  /(?<!\p{L})(?:(?:pas(?! d(?:e\b|['’]))|nicht)\s(?:[^.;:,\n]{0,24}?\s)?|non (?:\p{L}{1,3} )?|(?:no|não) (?:es|está|é|fue) (?:\p{L}{1,15} ){0,2})correct\b/giu
const deniedWrong = new RegExp(
  String.raw`(?:${denial}|\b(?:no|nothing|without)\b)[^.;:\n]{0,24}?(?<!\p{L})(?:incorrect|incomplete|wrong|false|flawed)`,
  'giu',
)
/** Says nothing. */
const question = /[^.!?\n]{0,200}\?/g
const hedged =
  /\b(?:partial|part|most|almost|near|large)(?:ly)? (?:correct|right|complete)\b|\b(?:correct|right)\W{1,3}(?:in part|except|apart|but|only|up to|until)\b/i
const wrong = /\b(?:incorrect|incomplete|wrong|false|flawed|invalid|unsound|erroneous)(?:ly)?\b/i
const right = /\b(?:correct|right|valid)\b/i

/**
 * Reads whether a verifier found a solution correct: from its last `Verdict: ...`, behind which a truth value counts, too; from
 * JSON, a short last or first line, or the tendency of the whole text. Undefined if the text has no verdict, or contradicts
 * itself.
 */
export function readVerdict(text: string): boolean | undefined {
  // Verifiers end with their verdict.
  const plain = withoutThinking(text).slice(-4000).replaceAll(/[*`#]/g, '')
  for (const [, labelled = ''] of [...plain.matchAll(label)].toReversed()) {
    const [, word] = truth.exec(labelled) ?? []
    const verdict = word === undefined ? readPhrase(labelled) : /true/i.test(word)
    if (verdict !== undefined) return verdict
  }
  const flagged = [...plain.matchAll(flag)].at(-1)
  if (flagged) return /true|yes/i.test(flagged[1]!)

  const lines = plain.split('\n').filter(line => line.trim() !== '')
  const short = [lines.at(-1), lines[0]].filter(line => line !== undefined && line.length <= 60)
  return short.map(line => readPhrase(line!)).find(verdict => verdict !== undefined) ?? tendencyOf(plain)
}

/** If a phrase begins with a verdict, that counts, whatever reasons follow. */
function readPhrase(text: string): boolean | undefined {
  const [saysRight, saysWrong] = [affirmed.test(text), denied.test(text)]
  if (saysRight !== saysWrong && !hedged.test(text)) return saysRight
  const word = hedged.test(text) ? undefined : leading.exec(text)?.[1]
  return word === undefined ? tendencyOf(text) : word.toLowerCase() === 'correct'
}

/** "not correct" means wrong; "not wrong" means nothing for certain. */
function tendencyOf(text: string): boolean | undefined {
  const said = text
    .replaceAll(question, ' ')
    .replaceAll(deniedWrong, ' ')
    .replaceAll(deniedRight, ' incorrect ')
    .replaceAll(deniedAbroad, ' incorrect ')
  const saysWrong = hedged.test(said) || wrong.test(said)
  const saysRight = right.test(said.replace(hedged, ' '))
  return saysWrong === saysRight ? undefined : saysRight
}
