import { readBoxed, readBoxedParts } from './reading/boxed.ts'
import { readCode, unfence } from './code.ts'
import { bareAnswerKey } from './answer-key.ts'
import { readBoldPredicate, readLoneBold } from './reading/bold.ts'
import { isChoice, readConclusion, readOnlyNumber } from './reading/conclusion.ts'
import { readJsonAnswer, readLastObject } from './json.ts'
import { readParts } from './reading/parts/labelled-parts.ts'
import { readEnding } from './reading/ending.ts'
import { readLastMeasure, readLastNumber, readOnlyFigure } from './reading/results/last-number.ts'
import { lastLineOf, listsValues, outsideCode, readAssignments, withoutCheck } from './reading/last-lines.ts'
import { resultOfChain } from './reading/relation-line.ts'
import { readForeignChoice } from './reading/foreign-choice.ts'
import { isValue, readName, readProperty, withoutReason } from './reading/property.ts'
import { readMatrix, withFlatMatrices } from './reading/matrix.ts'
import { readLastCalculation } from './reading/results/last-calculation.ts'
import { readRepeatedResult } from './reading/results/repeated-result.ts'
import { readAside, readStatement } from './reading/statement.ts'
import { readBoldVerdict, readLeadingVerdict } from './reading/verdict.ts'
import { asciiDigits, boldMark, isAscii, plainMath } from './plain/plain-math.ts'
import { reactionKey } from './terms/chemistry.ts'
import { readQuantity } from './numbers/quantity.ts'
import { readTag } from '../sampling/tags.ts'
import { withoutThinking } from '../sampling/thinking.ts'

const bareNumber = /^[-+−$€£(\\]{0,3}\d[\d.,/\s]{0,40}(?:\\?%)?[)$.]{0,3}$/
/** The mark of a quotation before a line that stands alone. */
const quotedLine = /(?<=\n\s{0,3}\n)>\s(?=[^>\n]{1,60}$)/gm
/** Check marks, confetti and the like. */
const pictures = /\s?[\u2705\u2714\u{1F300}-\u{1FAFF}]\uFE0F?/gu
const letter = /^(?:\([A-J]\)|[A-J])$/

/** Marks of the end of a turn that some servers leave in the text. */
const endTokens =
  /(?:\s{0,5}(?:<\|(?:im_end|eot_id|end|endoftext|end_of_text|return)\|>|<\/s>|<eo[a-z]>|<end_of_turn>|<｜end▁of▁sentence｜>)){1,4}\s{0,5}$/

/** The label of a part as Chinese and Japanese write it. */
const wideLabel = /^（([1-9])）/gm

/** A longer text is taken as it stands: no final answer is looked for in it. */
const longestText = 200_000

/** The key of the final answer in a text: texts with equal keys end in the same answer, whatever their reasoning. */
export function answerKey(text: string): string {
  return bareAnswerKey(extractAnswer(text))
}

/**
 * The final answer in a text, without thinking. In this order: named in JSON, boxed, tagged, after `####`, in labelled parts,
 * stated ("The answer is ..."), a last line that is a number or the letter of a choice, the main code, the result in a last
 * line that draws a conclusion; otherwise the whole text.
 */
export function extractAnswer(text: string): string {
  const own = withoutThinking(text) || text.trim()
  if (own.length > longestText) return own
  const whole = withoutCheck(isAscii(own) ? own : asciiDigits(own).replaceAll(wideLabel, '($1) '))
  // Behind the mark of another turn, a model talks to itself.
  const spoken =
    /^([^]+?)<\|im_start\|>/.exec(whole)?.[1]?.replace(/\s?I hope it is correct\.?\s*$/, '') ||
    whole.slice(0, -100) + whole.slice(-100).replace(endTokens, '')
  const unquoted = spoken.includes('\n>') ? spoken.replaceAll(quotedLine, '') : spoken
  const unmarked = withFlatMatrices(unquoted).replaceAll(boldMark, '')
  const plain = isAscii(unmarked) ? unmarked : unmarked.replaceAll(pictures, '')
  const code = readCode(spoken)
  return (
    readJsonAnswer(spoken) ||
    (code && readJsonAnswer(unfence(code).trim())) ||
    readLastObject(spoken) ||
    readLetterBehindBox(spoken) ||
    readBoxedParts(spoken) ||
    (code ? undefined : readParts(plain, resultOfPart)) ||
    readBoxed(spoken) ||
    readTag(spoken, 'answer') ||
    readTag(spoken, 'final_answer') ||
    /<\|begin_of_box\|>([^<]{1,2000})<\|end_of_box\|>/.exec(spoken)?.[1] ||
    readResult(spoken, plain, code) ||
    spoken
  )
}

/** "The answer is (J)" behind the last box, which then is the value of that choice. */
function readLetterBehindBox(spoken: string): string | undefined {
  const box = spoken.lastIndexOf('\\boxed')
  if (box === -1) return undefined
  const stated = readStatement(spoken.slice(box).replaceAll(boldMark, ''))
  return stated !== undefined && letter.test(stated) && !letter.test(readBoxed(spoken) ?? '')
    ? stated
    : undefined
}

/** The answer of a text without labelled parts. */
function readResult(spoken: string, plain: string, code?: string): string | undefined {
  const last = lastLineOf(code ? outsideCode(plain) : plain).replace(/^(?:=>|->|→|⇒)\s{1,3}/, '')
  const said = readMarked(last) || readStatement(plain)
  const stated = said && withoutOtherForm(said)
  if (stated)
    return (
      resultOfChain(stated) ??
      measureIn(stated) ??
      readOnlyFigure(stated) ??
      readLastMeasure(stated) ??
      endOf(stated) ??
      stated
    )
  if (isChoice(last)) return isListed(plain, last) ? undefined : last
  if (/→|\\to(?![a-z])|\\rightarrow|->/.test(last) && reactionKey(plainMath(last))) return last
  const shown = displayed.exec(last)?.[1]
  if (shown !== undefined && !listsFormulas(plain)) return shown
  const matrix = readMatrix(last)
  if (matrix !== undefined) return matrix
  if (bareNumber.test(last)) return listsNumbers(plain) ? undefined : last
  if (code) return bareNumber.test(unfence(code).trim()) ? unfence(code).trim() : code
  const aside = (): string | undefined => {
    const found = readAside(plain)
    return found && (resultOfChain(found) ?? found)
  }
  if (listsValues(plain)) return undefined
  return (
    readLabelled(plain, last) ||
    readName(plain) ||
    readLeadingVerdict(plain) ||
    readAssignments(plain) ||
    readConclusion(lastLineOf(withFlatMatrices(spoken)), last) ||
    readBoldVerdict(spoken) ||
    readForeignChoice(last) ||
    readLoneBold(spoken, lastLineOf(spoken)) ||
    readBoldPredicate(spoken) ||
    readProperty(plain) ||
    aside() ||
    readExplainedLetter(plain) ||
    readReasoned(plain) ||
    readFirstLabel(plain) ||
    (code ? undefined : readRepeatedResult(plain)) ||
    (code ? undefined : readLastCalculation(plain)) ||
    (code ? undefined : readLastNumber(plain))
  )
}

/** The answer behind the mark of GSM8K, which a line begins with, or which a number at its end follows. */
function readMarked(line: string): string | undefined {
  const [, whole, number] = /^#### ?(?=[^\s#])(.*)$|\s####\s?([-−$€£]{0,2}\d[\d.,/]{0,40})$/.exec(line) ?? []
  return whole ?? number?.replace(/[.,]$/, '')
}

/** Whether the line before the last begins with the letter before its own: both are parts, or choices that are listed. */
function isListed(plain: string, last: string): boolean {
  const before = lastLineOf(plain.slice(0, plain.lastIndexOf(last)))
  const [one, other] = [before, last].map(line => /^[([]?([A-J])[).:\]]/.exec(line)?.[1]?.charCodeAt(0))
  return one !== undefined && one + 1 === other
}

/** The letter of a choice alone in the first line, before an explanation that names no other. */
function readExplainedLetter(plain: string): string | undefined {
  const [, found, rest = ''] =
    /^\(?([A-HJ])\)?\.?\s{0,3}\n\s{0,3}\n(?=(?:Reason|Explanation|Rationale|Justification|Because|Since)\p{L}{0,3}\b)([^]*)$/u.exec(
      plain,
    ) ?? []
  const named = rest.match(/(?<![\p{L}\d])[A-J](?![\p{L}\d])/gu) ?? []
  return named.every(other => other === found) ? found : undefined
}

/** Words above a paragraph that are not an answer. */
const title =
  /^(?:summary|answer|explanation|analysis|reasoning|solution|response|output|result|note|thoughts?|title)$/
/** The word in small letters that is the first line, before a paragraph about it. A title often has a capital. */
function readFirstLabel(plain: string): string | undefined {
  const [, label] = /^(\p{Ll}{3,20})\.?\s{0,3}\n\s{0,3}\n\p{Lu}[^\n]{20}/u.exec(plain.trim()) ?? []
  return label !== undefined && !title.test(label) ? label : undefined
}

/** The answer of a text that is one sentence with its reason. */
function readReasoned(plain: string): string | undefined {
  const said = withoutReason(plain)
  return said === undefined || isValue(said) ? said : readResult(said, said)
}

/** "Total cost: $15" in the last line, and "Sentiment: positive" if there is no other. */
function readLabelled(plain: string, last: string): string | undefined {
  const [, total] =
    /^[^\p{L}\d]{0,6}(?:grand |final |overall )?(?:total|sum|final|overall)(?: \p{L}{2,20}){0,3}:\s{1,3}(.{1,60})$/iu.exec(
      last,
    ) ?? []
  if (total !== undefined) return readQuantity(plainMath(total.replace(/\.$/, ''))) ? total : undefined
  const [, label] =
    plain.trim() === last
      ? (/^(?:sentiment|label|category|class(?:ification)?|verdict|prediction|intent|language|topic|emotion|relation):\s{1,3}([^.,;:]{1,40})\.?$/i.exec(
          last,
        ) ?? [])
      : []
  return label ?? (plain.trim() === last ? readTitledValue(last) : undefined)
}

/** "Space complexity: O(1)": a value behind its title, which is not somebody's name. */
function readTitledValue(line: string): string | undefined {
  const [, value] = /^\p{L}{2,20}(?: \p{Ll}{2,20}){1,4}:\s(.{1,60}?)\.?$/u.exec(line) ?? []
  return value !== undefined && isValue(value) ? value : undefined
}

/** A value alone in the last line, in the marks of a formula. */
const displayed = /^(?:\\\[|\$\$)\s{0,4}([^$=<>≤≥≈\n]{1,80}?)\s{0,4}(?:\\\]|\$\$)\.?$/

/** Whether the last two lines are such formulas, and so parts of one answer. */
function listsFormulas(plain: string): boolean {
  const lines = plain
    .slice(-500)
    .split('\n')
    .filter(line => line.trim() !== '')
  return lines.length > 1 && lines.slice(-2).every(line => displayed.test(line.trim()))
}

/** Whether the last two lines are a number each, and so parts of one answer. */
function listsNumbers(plain: string): boolean {
  const lines = plain
    .slice(-500)
    .split('\n')
    .filter(line => line.trim() !== '')
  const [before, last] = lines.slice(-2)
  return last !== undefined && [before!, last].every(line => bareNumber.test(line.trim()))
}

/** The 35% of "the percentage is 35%", and the 5 t of "每份应该是 5 吨". */
function measureIn(stated: string): string | undefined {
  const [, inEnglish, inChinese] =
    /^(?:the|a|an|it) (?:\p{L}{1,20} ){0,5}(?:is|are|was) (.{1,60})$|^\p{Script=Han}{1,15}(?<![不没非])[是为]\s?(.{1,40})$/iu.exec(
      stated,
    ) ?? []
  const value = inEnglish ?? inChinese
  return value !== undefined && readQuantity(plainMath(value)) ? value : undefined
}

/** The 5 m of "≈ 5 m (500 cm)": a value without its other form in brackets. */
function withoutOtherForm(stated: string): string {
  const [, value = '', other = ''] =
    /^(?:[≈=]\s?)?([^()]{1,60})\s\((?:[≈=]|about|approximately|or|i\.e\.,?)?\s?([^()]{1,40})\)\.?$/.exec(
      stated,
    ) ?? []
  const [one, two] = [value, other].map(part => readQuantity(plainMath(part)))
  return one && two && two.unit !== '' && one.unit !== two.unit ? value : stated
}

/** The 34 of "The largest $n$ is 34", stated as the answer. */
function endOf(stated: string): string | undefined {
  return /^the /i.test(stated) ? readEnding(`So the ${stated.slice(4)}`) : undefined
}

function resultOfPart(text: string): string {
  const result = readBoxed(text) ?? readResult(text, text) ?? readOnlyNumber(text) ?? text
  return result.replaceAll(/\s+/g, ' ').trim()
}
