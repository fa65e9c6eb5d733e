import { alternatives } from '../../sampling/alternatives.ts'

const assignment = /^[-*•\s]{0,4}[a-z]\s?=\s?[^=<>]{1,60}$/i
const finding = /^[-*•\s]{0,4}(?:the|its) [^.!?\d]{1,60} (?:is|are) [^.!?\n]{0,20}\d/i
/** "Area: 12" */
const labelled =
  /^[-*•\s]{0,4}(?!(?:the )?(?:total|sum|final|overall|step)\b)[\p{L} ]{2,40}:\s[^.!?\n=]{0,20}\d/iu

/** The last lines if each names another value: x = 2, then y = -1. */
export function readAssignments(plain: string): string | undefined {
  const lines = plain.slice(-2000).trimEnd().split('\n')
  const from = lines.findLastIndex(line => !assignment.test(line)) + 1
  const row = lines.slice(from).map(line => line.trim().replace(/^[-*•]\s+|[.,;]$/g, ''))
  const names = new Set(row.map(line => /[a-z]/i.exec(line)?.[0]))
  return row.length > 1 && names.size === row.length ? row.join(', ') : undefined
}

/** Whether the last two lines state a value each, such as a mean and a median: the answer is neither alone. */
export function listsValues(plain: string): boolean {
  const [before = '', last = ''] = plain
    .slice(-1000)
    .split('\n')
    .filter(line => line.trim() !== '')
    .slice(-2)
  return [finding, labelled].some(pattern => pattern.test(before) && pattern.test(last))
}

/** The text between blocks of code. */
export function outsideCode(text: string): string {
  return text
    .split(/^[^\S\n]{0,3}(?:```|~~~)/m)
    .filter((_part, index) => index % 2 === 0)
    .join('')
}

/** The last words of chatty models. */
const courtesies = [
  String.raw`(?:i )?hope (?:this|that|it) helps\b`,
  String.raw`let me know if\b`,
  String.raw`feel free to (?:ask|reach)\b`,
  String.raw`(?:if )?you have any (?:other |more |further )?questions\b`,
  String.raw`happy to help\b`,
  String.raw`you can (?:check|verify)\b`,
  String.raw`i hope it is correct\b`,
  String.raw`this is the (?:derivative|answer|solution|result|final answer)\b`,
]
const courtesy = new RegExp(String.raw`^[^\p{L}]{0,3}${alternatives(...courtesies)}[^\d=]{0,120}$`, 'iu')

/** The beginning of an offer, in languages whose questions begin with a verb or a word for one. */
const offers = [
  'would you like|do you (?:want|need|have)|(?:shall|should|can|may) i|want me to',
  'is there anything|does (?:this|that)|any (?:other )?questions',
  'möcht(?:est|en)|soll ich|hast du|haben sie|brauch(?:st|en)',
  'voulez|veux|souhait|as-tu|avez-vous',
  'quieres|te gustaría|le gustaría|deseas?|necesitas?|puedo',
  'quer(?:es)? que|gostaria|deseja|posso',
  'vuoi|vuole|desidera',
  'wil je|wilt u',
  'chcesz|czy (?:chcesz|mogę)',
  'хотите|хочешь|нужн|могу ли|есть ли',
  '需要|您需要|你(?:想|需要)|还有|是否|要不要',
  'هل|क्या आप',
]
/** The end of an offer in Japanese and Korean. */
const offerEnds = 'しましょうか|ですか|でしょうか|ますか|까요|세요|나요'
const offer = new RegExp(
  String.raw`^[^\p{L}]{0,4}${alternatives(...offers)}|${alternatives(offerEnds)}[?？]`,
  'iu',
)

/** The last line with letters or digits, so not the end of a formula, and not a courtesy after the answer. */
export function lastLineOf(text: string): string {
  const lines = text.split('\n').filter(line => /[\p{L}\d]/u.test(line))
  return (lines.findLast(line => !isCourtesy(line.trim())) ?? lines.at(-1))?.trim() ?? ''
}

/** Whether a line closes a conversation, or offers more help as a question without a figure. */
function isCourtesy(line: string): boolean {
  return courtesy.test(line) || (/^[^\d=]{10,300}[?？؟]\W{0,3}$/.test(line) && offer.test(line))
}

/** The label of a last paragraph that checks an answer which has been given before it. */
const checks = [
  'check|verification',
  'probe|kontrolle|überprüfung',
  'vérification|verificación|comprobación|verificação|prova|verifica',
  'controle|kontroll',
  'sprawdzenie|zkouška|ellenőrzés|verificare',
  'проверка|перевірка',
  'sağlama|kontrol|pemeriksaan|kiểm tra',
  '检验|验证|验算|検算|確認|검산|확인',
  'التحقق|जाँच|जांच',
]
const check = new RegExp(
  String.raw`^\s{0,9}[^\p{L}\n]{0,6}${alternatives(...checks)}[^\p{L}\n]{0,4}[:：]`,
  'iu',
)

/** The beginning of a sentence or of a paragraph that checks the answer before it. */
const checking =
  /(?<=[\p{L}\d$)][.!]|\n)\s(?:(?:let['’]s |to |we (?:can )?)?(?:double[- ])?(?:check|verify)(?: (?:this|that|it))?|indeed|verification)[:,\s](?=[^\n]{0,200}$)/giu

/** The text without a short last paragraph, or a last sentence, that checks the answer before it. */
export function withoutCheck(text: string): string {
  const at = text.lastIndexOf('\n\n')
  const isCheck = at > 0 && text.length - at < 400 && check.test(text.slice(at))
  const rest = isCheck ? text.slice(0, at).trimEnd() : text
  const from = Math.max(0, rest.length - 300)
  const last = [...rest.slice(from).matchAll(checking)].at(-1)
  if (!last) return rest
  const sentence = rest.slice(from + last.index + last[0].length)
  return sentence.includes('=') && !/[.!?]\s+\p{Lu}/u.test(sentence) ? rest.slice(0, from + last.index) : rest
}
