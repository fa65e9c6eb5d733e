/** Between sentences in any script. */
const sentenceEnds = /[。！？।؟.!?\n]/
/** Before the clause that concludes, within a sentence. */
const concluding = /(?:所以|因此|故|综上所述?|よって|したがって|따라서|그러므로)(?=[^，,、]{0,3})/
const letter = /(?<![A-Za-z\d])[A-J](?![A-Za-z\d])/g
const praises = [
  '正确|符合|最|合理|合适|恰当|适当|[应當]选|选择|答案',
  '正しい|適切|妥当|正解',
  '정답|맞|옳|적절',
  'صحيح|صحیح|درست|נכונ',
  'верн|правильн',
  'सही|সঠিক|ถูกต้อง',
]
/** Words that make the choice with the letter the right one. */
const right = new RegExp(praises.join('|'))
/** "错误的叙述是选项B": the choice that is asked for. */
const asNamed = /^[^A-Za-z\d]{2,60}(?<![不就也都非])[是为]\s?(?:选项|選項)?\s?([A-J])\s?(?:选项|项)?$/
const denials = [
  '[不没未非错誤误]|ない|ません|않|아니|틀',
  'ليس|غير|نیست|غلط|خطأ|לא',
  String.raw`невер|неправ|не\s`,
  'नहीं|गलत|নয়|ভুল|ไม่|ผิด',
]
const denial = new RegExp(denials.join('|'))

/**
 * The letter of a choice in a last sentence such as "所以B选项是正确的" or "گزینه B صحیح است": the only one in it, in a
 * language that is written in other letters, and called right.
 */
export function readForeignChoice(line: string): string | undefined {
  const sentence =
    line
      .slice(-400)
      .split(sentenceEnds)
      .findLast(part => part.trim() !== '') ?? ''
  const clause = sentence.split(concluding).at(-1)!
  const [, named] = asNamed.exec(clause) ?? []
  if (named !== undefined) return named
  const letters = new Set(clause.match(letter))
  if (letters.size !== 1 || clause.length > 120 || !right.test(clause) || denial.test(clause))
    return undefined
  return [...letters][0]
}
