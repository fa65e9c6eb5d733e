import { alternatives } from '../../sampling/alternatives.ts'
import { conclusion } from './words/conclusion.ts'
import { isConditional } from '../terms/conditions.ts'

/** Words for yes and no that mean nothing else in front of a comma. */
const verdicts = [
  'yes|no|ja|nein|nee|oui|non|sí|sì|sim|não|nej|nei|kyllä|ei|ano|tak|nie|igen|nem|da|evet|hayır|ya|tidak|ndiyo|hapana|có|không',
  'да|нет|так|ні|ναι|όχι|כן|לא|نعم|لا|بله|خیر|हाँ|हां|नहीं|হ্যাঁ|না|ใช่|ไม่ใช่|是的?|不是|否|对|不对|はい|いいえ|네|예|아니요|아니오',
].join('|')
const verdict = `true|false|${verdicts}`
const unspacedScripts = String.raw`\p{Script=Han}\p{Script=Hiragana}\p{Script=Arabic}`
/** The marks behind a verdict and before its reason; those of other scripts have no blank behind them. */
const marks = [
  String.raw`[.,:;!]\s`,
  String.raw`\s?[—–]\s`,
  String.raw`[。、，！,،](?=\s?[${unspacedScripts}\d「])`,
]
const leading = new RegExp(String.raw`^(${verdict})(?!\.\s\d)${alternatives(...marks)}`, 'iu')
const bold = new RegExp(String.raw`^\*\*(${verdict})[.,:!。，]?\*\*(?![\p{L}\p{M}])`, 'iu')
const within = new RegExp(String.raw`^(${verdict})(?!\.\s?\d)(?:[.,:;!]|\s?[—–])\s?\S`, 'iu')
const claim = alternatives('statement|claim|proposition|assertion|conjecture|inequality|argument')
const judged = new RegExp(
  String.raw`^(?:the|this|that) (?:given |above |original )?${claim}(?: that [^.;,]{1,120})? is (?:therefore )?(true|false|not true|valid|invalid)[.!]?$`,
  'i',
)
const foreignJudged = [
  /^(?:die|diese) (?:aussage|behauptung) ist (?:also |somit |daher )?(wahr|falsch|richtig)\.?$/i,
  /^(?:l['’]|cette )(?:affirmation|assertion) est (?:donc )?(vraie|fausse)\.?$/i,
  /^(?:la|esta|a) afirma(?:ción|ção) (?:es|é) (verdadera|verdadeira|falsa)\.?$/i,
  /^l['’]affermazione è (vera|falsa)\.?$/i,
  /^(?:это )?утверждение (верно|неверно|истинно|ложно)\.?$/i,
  /^(?:这个|该|这一)?(?:说法|句话|命题|陈述|结论|观点)是?(正确|错误|对|错)的?[。.]?$/,
]

/** The verdict that a text of one line begins with: "Sí, es primo." */
export function readLeadingVerdict(plain: string): string | undefined {
  return plain.includes('\n') ? undefined : unconditional(plain, leading)
}

/** The verdict in bold at the very beginning of a text. */
export function readBoldVerdict(spoken: string): string | undefined {
  return unconditional(spoken, bold)
}

/** The verdict of a bold "yes, 97 is prime". */
export function readVerdictWithin(text: string): string | undefined {
  return unconditional(text, within)
}

/** The verdict at the beginning of a text; undefined if a condition follows: "yes, but only if x > 0". */
function unconditional(text: string, verdict: RegExp): string | undefined {
  const [, found] = verdict.exec(text) ?? []
  const behind = text.slice(text.indexOf(found ?? '') + (found?.length ?? 0))
  return found === undefined || isConditional(behind) ? undefined : found
}

/** "So yes, it is", "the statement is false" and "it has no real solutions". */
export function readVerdict(line: string): string | undefined {
  if (/\b(?:has|have|is|are|exists?) no (?:real )?solutions?\.?$/i.test(line)) return 'no solution'
  const bare = line.replace(conclusion, '')
  const said = bare === line ? undefined : unconditional(`${bare} `, leading)
  const [, found] = judged.exec(bare) ?? []
  const [, foreign] = foreignJudged.map(pattern => pattern.exec(bare)).find(Boolean) ?? []
  return said ?? (found === 'not true' ? 'false' : found) ?? foreign
}
