import { alternatives } from '../../../sampling/alternatives.ts'
import { Phrases, wordsOf } from './phrases.ts'

/** Words before a number that make it a bound or deny it, in other languages than English. */
const foreignBounds = new Phrases(
  'nicht, kein, keine, keinen, keiner, mindestens, höchstens, weniger, mehr als, außer, bis zu, unmöglich',
  'niet, geen, minstens, hoogstens, meer dan, minder dan, behalve, inte, ikke, minst, mindst, högst, mer än, mere end, mindre än',
  'pas, moins, plus de, au moins, au plus, au minimum, au maximum, jusqu’à, aucun, aucune, rien, impossible',
  'más de, menos, al menos, como máximo, como mínimo, nunca, ninguno, ninguna, imposible',
  'mais de, mais do que, pelo menos, no máximo, no mínimo, não, nenhum, nenhuma, impossível',
  'meno, più di, almeno, al massimo, come minimo, non, nessun, nessuna, nessuno, impossibile',
  'nu este, nu sunt, nu are, cel puțin, cel mult, mai mult de, nie, co najmniej, mniej, więcej, niemożliwe',
  'není, nejméně, alespoň, více, méně, kromě, nemožné, nem, legalább, legfeljebb, kevesebb, ei, vähintään, enintään',
  'не, нет, нельзя, невозможно, более, менее, больше, меньше, кроме, минимум, максимум, як мінімум, щонайменше, понад, неможливо',
  'δεν, όχι, τουλάχιστον, το πολύ, en az, en fazla, imkânsız, angalau, zaidi ya',
  'tidak, bukan, setidaknya, lebih dari, kurang dari, paling sedikit, paling banyak, mustahil',
  'không, ít nhất, nhiều nhất, hơn, tối thiểu, tối đa',
  'ليس, ليست, أكثر, أقل, لا, على الأقل, على الأكثر, حداقل, حداکثر, بیش, کمتر, לא, אינו, לפחות, לכל היותר, יותר, פחות',
  'नहीं, कम से कम, अधिक, अधिकतम, न्यूनतम, কমপক্ষে, অন্তত, বেশি, নয়, সর্বাধিক, সর্বনিম্ন',
)
const unspacedBounds = [
  '[不没未无無]|至少|至多|最多|以上|以下|以外|超过|少于|多于|大于|小于',
  '少なくとも|多くとも|最低|最高でも|ない',
  '최소|최대|적어도|많아야',
  'ไม่|อย่างน้อย|มากกว่า|น้อยกว่า',
]
/** The same in languages that write without blanks. */
const unspacedBound = new RegExp(unspacedBounds.join('|'), 'u')

const denials = [
  'yok(?:tur)?|değil(?:dir)?',
  String.raw`नहीं(?:\s\S{1,12})?|নেই|নয়|இல்லை|లేవు|లేదు`,
  'ない|ません|없습니다|없다|않습니다|않다',
  String.raw`نہیں(?:\s\S{1,8})?|ندارد|نیست`,
]
/** The end of a sentence that denies, in languages whose verb comes last. */
export const deniedAtEnd = new RegExp(`${alternatives(...denials)}[.。।۔]?$`, 'u')

/** English words that deny a sentence, wherever they stand. */
export const denial = /\b(?:not|never|cannot|neither|nor)\b|n['’]t\b/i

const englishBounds = [
  'not|never|no(?! total)|cannot|neither',
  'greater|less|more|fewer|larger|smaller|higher|lower|at least|at most',
  'above|below|over|under|between|exceeds?|before|until',
  'except|excluding|besides|up to',
]
/** Words immediately before a number, in several languages. */
const extremes =
  '(?:mini|maxi|maksi)m(?:um|al)|every|each|an? multiple of|divisible by|alle|tous les|toutes les|cada|ogni'
/** Before a number, words that make it a bound or deny it. */
const bound = new RegExp(
  [
    String.raw`\b${alternatives(...englishBounds)}\b`,
    String.raw`n['’]t\b`,
    String.raw`(?<!\p{L})(?:${extremes})\s?(?:\d|$)`,
  ].join('|'),
  'iu',
)
const boundsAfter = [
  String.raw`(?:\p{L}{1,12} )?or (?:less|more|fewer|greater|higher|lower|larger|smaller|above|below|older|younger|later|earlier)\b`,
  '以上|以下|以外|未満|より',
  '이상|이하|초과|미만|보다',
  'से (?:अधिक|कम)|থেকে',
  "['’]?[dt][ea]n (?:fazla|az|çok)",
  'değil|नहीं|নয়|ではな|ではあり|이 아니|가 아니|نیست',
]
/** Behind a number and its unit: "or less", and the verb of languages that end with it. */
const boundAfter = new RegExp(String.raw`^\s?[\p{L}\p{M}°%€$]{0,12}?\s?${alternatives(...boundsAfter)}`, 'u')

/** Whether the words before a number make it a bound or deny it. */
export function isBound(before: string): boolean {
  return boundsWithin(before.slice(-30))
}

/** Whether the text behind a number makes it a bound or denies it. */
export function isBoundBehind(rest: string): boolean {
  return boundAfter.test(rest)
}

/** Whether a line bounds or denies a number anywhere. */
export function boundIn(line: string): boolean {
  return boundsWithin(line) || deniedAtEnd.test(line) || isBoundBehind(line.replace(/^[^\d]*\d[\d.,]*/, ''))
}

function boundsWithin(text: string): boolean {
  return bound.test(text) || unspacedBound.test(text) || foreignBounds.isIn(wordsOf(text))
}
