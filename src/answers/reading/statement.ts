import { readCode } from '../code.ts'
import { alternatives } from '../../sampling/alternatives.ts'
import { copula, foreignAnswer, verbless } from './words/answer.ts'

/** A colon, a dash, an arrow or the begin of a formula behind the subject of a statement. */
const sign = alternatives(
  String.raw`[^\S\n]{0,3}[】\]]?[^\S\n]{0,3}[:：=\n]`,
  String.raw`[^\S\n]{0,3}】`,
  String.raw`[^\S\n]{1,3}(?:[-–—]|→|->|=>)(?=\s)`,
  String.raw`[^\S\n]{1,3}(?=\\[[(]|\$)`,
)
/** "The final answer", "my answer to this question". */
const named =
  String.raw`(?<!\p{L})` +
  alternatives(
    '(?:final|correct|corrected|revised|updated|right|short) answers?',
    '(?:the|my|our) (?:[a-z]{1,20} ){0,2}answers?',
  ) +
  '(?: to (?:the|this|your) (?:question|problem))?'
/** Words that state the answer only before a colon or an equals sign. */
const titles = alternatives(
  'solution|result|total|lösung|ergebnis|résultat|resultado|risultato|результат|wynik|výsledek|sonuç',
  '(?:correct|right|best|selected|chosen) (?:option|choice|answer)',
  '(?:my |final )?(?:choice|pick|selection)',
)
/** "Answer" at the start of a line, or of a sentence with a colon. */
const heading = alternatives(
  String.raw`(?<=[.!?]\s{1,2}(?:Final )?)answer(?=:\s)`,
  String.raw`(?<=^[^\p{L}\d\n]{0,6})(?:answers?|${titles}(?=\s?[:=]))`,
)
const subject = String.raw`(?<!\b(?:if|whether|why|how) )${alternatives(named, heading, foreignAnswer)}`
/** "Ist das Ergebnis", with the verb first. */
const verbFirst = String.raw`(?<!\p{L})(?:ist|lautet) das (?:Ergebnis|Resultat)(?=[:\s])`
/** "故选 B", "本题应选C": a choice of Chinese. */
const chosenInChinese = String.raw`(?:(?:故|因此|所以|答案|我)(?:本题)?(?:应)?|本题应?|应|(?<=[，,。]\s?))选择?(?=[:：\s]?[A-J])`
const choosingVerbs = 'ตอบ|เลือก|chọn|pilih|escolho|elijo|wybieram|выбираю|je choisis|ich wähle'
/** "I choose" in other languages, before a letter. */
const choosing = String.raw`(?<!\p{L})(?:${choosingVerbs})\s(?=[A-J][.)]?(?:\s|$))`
/** The end of emphasis, colons, blanks, and the line under a heading or the mark before a final answer. */
const opening = String.raw`(?:_(?=\s))?[:：\s]{0,4}(?:####\s?|[=-]{3,60}\n)?`

/** "The answer is", "Final answer:", "Answer:" at the start of a line, and the same in other languages. */
const statement = new RegExp(
  alternatives(`${subject}${alternatives(copula, sign)}`, verbless, verbFirst, chosenInChinese, choosing) +
    opening,
  'gimu',
)
/** Weaker than a statement: "the result is" may occur in the middle of reasoning. */
const aside =
  /(?<!\p{L})the (?:(?:[a-z]{1,20} ){0,2}(?:option|choice|result|solution|total)|(?:correct|right|final|actual) (?:value|number))(?: here)? is[:\s]{1,4}/gimu
const foreignResults = [
  'das (?:end)?(?:ergebnis|resultat) ist',
  'le résultat(?: final)? est',
  'el resultado(?: final)? es',
  'o resultado(?: final)? é',
  'il risultato(?: finale)? è',
  String.raw`(?:richtig|korrekt) ist(?= (?:antwort|option)\s[A-J]\b)`,
]
const foreignAside = new RegExp(String.raw`(?<!\p{L})${alternatives(...foreignResults)}[:\s]{1,4}`, 'gimu')
/** "not 43 but 42", and "42, not 43". */
const corrected = /^not (?:[^\s]{1,30}\s){1,4}?but (?:rather )?/i
/** The first two of several steps, as behind "Solution:". */
const steps = /^\s{0,4}1[.)]\s[^]{1,1900}?\n\s{0,4}2[.)]\s/
/** Nouns of a text: what is below one of them is another part of the text. */
const parts = alternatives(
  'line|text|table|list|figure|image|picture|diagram|box|code|section|heading|title|fold|separator',
  'explanation|reasoning|steps?|calculations?|work|working|derivation|solution|proof|question|problem|answer',
)
/** Words that refer to something else, unlike "below the circle". */
const elsewhere = new RegExp(
  String.raw`^(?!(?:above|below) (?:the|an?) (?!(?:\p{L}{1,20} )?${parts}\b)\p{L})(?:not|above|below|shown|given|in the|(?:listed|stated|written|displayed) (?:above|below|here))\b`,
  'iu',
)
/** Before the answer to an example. */
const example = /\b(?:for|with|given) (?:the |an? )?(?:input|example|instance|sample)\b|\be\.g\./i
/** Words between a statement and its value, by what they are. */
const fillers = {
  conclusion:
    'therefore|donc|also|daher|entonces|portanto|quindi|thus|hence|so|then|dus|därför|altså|tedy|więc|tehát',
  adverb: 'simply|just|indeed|clearly|exactly|definitely|certainly|for sure|equal to|given by',
  number: String.raw`(?:číslo|number|liczba|число|le nombre|el número|o número|il numero|die zahl)(?=\s[-−]?\d)`,
  year: String.raw`in(?=\s\d{3,4}$)`,
  choice:
    '(?:(?:la|el|a|o|il|die|de|het) )?' +
    alternatives(
      'option|choice|answer|opción|opção|alternativa|opzione|letra|lettera|lettre|optie',
      'antwort|réponse|respuesta|resposta|risposta|odpowiedź|вариант|варіант',
    ) +
    String.raw`(?=\s[([]?[A-J]\b)`,
  article: String.raw`(?:la|il|η|ο|a|o|de)(?=\s\(?[A-JΑ-Θ]\)?(?:\s|$))`,
}
const filler = new RegExp(
  String.raw`^(?:(?:\.{2,4}|…)\s?|${alternatives(...Object.values(fillers))}\b[,:]?\s{0,3})+`,
  'i',
)
const behindAbbreviation = String.raw`(?<!(?<![\p{L}\d°]|\d\s(?=\p{Lu}\.))\p{Lu}\p{L}{0,2}|(?<!\p{L})(?:ca|approx))`
/** The ends of a sentence. */
const ends = {
  questionOrSemicolon: String.raw`(?<!\\)[?;](?=\s|$)`,
  /** Neither the mark of a factorial nor a blank of LaTeX. */
  exclamation: String.raw`(?<!\\|[)\]!]|(?<!\p{L})\p{Ll})!(?=\s|$)`,
  otherScripts: '[。！？।۔]',
  /** Neither behind a short capitalized word ("St. Louis") nor in a date ("5. März 2024"). */
  fullStop: String.raw`${behindAbbreviation}\.(?=\s|$)(?!(?<=\d\.)\s\p{L}{3,10}\s\d{4})`,
  /** Behind the letter of a choice, if more words follow. */
  afterChoice: String.raw`(?<=^\(?[A-J]\)?)\.(?=(?:\s\S+){3}|\sExplanation)`,
  last: String.raw`\.$`,
}
const sentenceEnd = new RegExp(Object.values(ends).join('|'), 'u')
/** The beginnings of a reason behind an answer, or of a remark about it. */
const reasons = {
  reason: String.raw`,?\s(?:because|since|rather than|instead of)\s`,
  contrast: String.raw`,\s(?:and\s)?not\s`,
  /** "D, it can't be A", "C non A": behind the letter of a choice. */
  others: String.raw`(?<=^[([]?[A-J][)\]]?)(?:,\s(?:it|they|the others?|these|both|neither|none)|,?\s(?:et |und |y |e )?(?:non|pas|nicht|não|no))\s`,
  praise: String.raw`\s(?:ist richtig|est (?:la bonne|correcte)|es (?:la )?correcta|é (?:a )?correta|è corretta)`,
  clause: String.raw`,\s(?:as|so|which|given|where|making|meaning)\s`,
  easternVerb: String.raw`\s?(?:です|입니다|이다).{0,2}$`,
}
const reason = new RegExp(Object.values(reasons).join('|'))
/** The word for a choice, or an article, before and behind the letter of one. */
const nounBefore = String.raw`(?:(?:选项|選項|選択肢|ข้อ)\s?|(?:תשובה|вариант|варіант|η|ο|το|گزینه|الخيار)\s)`
const nounAfter = String.raw`(?:选项|選項|项|項|번|です|şık\p{L}{0,8}|seçene\p{L}{0,8})`
/** "选项B", "B选项", "ข้อ B", "η Γ", "B şıkkıdır": the letter of a choice with its word. */
const foreignChoice = new RegExp(
  alternatives(
    String.raw`^${nounBefore}[("'“「]?([A-JА-ДΑ-Εא-הا-د])[)"'”」]?$`,
    String.raw`^[("'“「]?([A-J])[)"'”」]?\s?${nounAfter}(?:$|[，,])`,
    // "B．" before the text of the choice, unless it is the first of a list of them.
    String.raw`^([A-J])\s?[．、，.]\s?(?=[\p{Script=Han}\p{Script=Hangul}①-⑨])(?![^]{0,80}[，,、]\s?[A-J](?![A-Za-z]))`,
  ),
  'u',
)

/** Statements that end with their verb, as in Hindi, Persian and Turkish. */
const verbLast = [
  /(?:उत्तर|जवाब|विकल्प)\s([^\n।]{1,60}?)\s(?:है|होगा)/gu,
  /(?:پاسخ|جواب)\s(?:نهایی\s|صحیح\s)?(?:برابر\s)?([^\n.]{1,60}?)\s(?:است|می)/gu,
  /(?<!\p{L})cevap\s([^\n.]{1,40}?)\solur/giu,
  /(?<!\p{L})cevap\s([A-J])\s(?:şık|seçene)/giu,
]

/** "Antwort B ist richtig", "C'est la réponse A qui est correcte". */
const choiceNouns = [
  'antwort|option|aussage|réponse|proposition|opción|respuesta|alternativa|opção|letra',
  'opzione|risposta|antwoord|optie|odpowiedź|odpověď|odpoveď',
  'alternativ(?:et)?|vaihtoehto|răspunsul|вариант|ответ',
]
const choiceVerbs = String.raw`(?:(?:qui )?(?:ist|est|es|é|è|jest|je|är|er|is|on|este|—)\s)?(?:la |die |de |a )?`
const rightWords = [
  'richtig|korrekt|correcte?|correct[ao]|correta|corretta|juste|bonne|exact[ae]|giusta|juist|goed',
  'poprawna|prawidłowa|správná|správna|rätt|korrekt|riktig|oikein|corect',
  'правильный|верный',
  'trifft zu|stimmt|convient',
]
const calledRight = new RegExp(
  String.raw`(?<!\p{L})${alternatives(...choiceNouns)}\s[([]?([A-J])[)\]]?\s${choiceVerbs}${alternatives(...rightWords)}(?!\p{L})`,
  'giu',
)

/** "17 is the answer." */
const valueFirst = new RegExp(
  String.raw`(?:^|[.!?\n]\s{0,3})(?:so |therefore,? |thus,? |hence,? )?` +
    String.raw`(-?[$€£]?\d[\d.,/]{0,20}%?|[([]?[A-J][)\]]?)` +
    String.raw` is (?:therefore )?(?:the|my|our) (?:final |correct |right )?answer(?=[.!\n]|$)`,
  'gim',
)

/** The answer in the last sentence of the form "the answer is". */
export function readStatement(text: string): string | undefined {
  return (
    lastMatch(text, statement) ??
    (/answer/i.test(text) ? lastGroup(text, valueFirst) : undefined) ??
    (/\s[([]?[A-J][)\]]?\s/.test(text) ? lastGroup(text, calledRight) : undefined) ??
    (/[\u0600-\u06FF\u0900-\u097F]|cevap/i.test(text)
      ? verbLast.map(pattern => lastGroup(text, pattern)?.trim()).find(Boolean)
      : undefined)
  )
}

/** The first group of the last match. */
function lastGroup(text: string, pattern: RegExp): string | undefined {
  return [...text.matchAll(pattern)].at(-1)?.[1] || undefined
}

/** The answer in the last sentence of the form "the result is" or "the correct option is". */
export function readAside(text: string): string | undefined {
  return lastMatch(text, aside) ?? lastMatch(text, foreignAside)
}

/** Statements that are read, from the last: each is read up to the end of its line, which all may share. */
const mostStatements = 100

function lastMatch(text: string, pattern: RegExp): string | undefined {
  const ends = [...text.matchAll(pattern)].map(match => match.index + match[0].length)
  for (const end of ends.slice(-mostStatements).toReversed()) {
    const answer = answerAt(text.slice(end))
    if (
      answer !== '' &&
      !steps.test(text.slice(end, end + 2000)) &&
      !elsewhere.test(answer) &&
      !example.test(sentenceBefore(text, end)) &&
      !/\bif\b[^.!?]*\bwould be\b/i.test(sentenceBefore(text, end))
    )
      return answer
  }
  return undefined
}

/** The sentence, at most its last 200 characters, that has come as far as `end`. */
function sentenceBefore(text: string, end: number): string {
  const line = text.slice(Math.max(text.lastIndexOf('\n', end - 2) + 1, end - 200), end)
  const last = [...line.matchAll(/(?<!e\.g)[.!?]\s/g)].findLast(({ index }) => index < line.length - 3)
  return last ? line.slice(last.index + last[0].length) : line
}

/** The text up to the end of the sentence, line, formula or code block, without a reason for it. */
function answerAt(rest: string): string {
  if (rest.startsWith('```')) return readCode(rest) ?? ''
  const formula = /^(?:\\\[|\$\$)\s{0,4}/.exec(rest)?.[0] ?? ''
  const [line = ''] = rest.slice(formula.length).split(/\n|\$\$/, 1)
  const [sentence = ''] = line.split(sentenceEnd, 1)
  const [answer = ''] = sentence.replace(filler, '').replace(corrected, '').split(reason, 1)
  const bare = answer
    .trim()
    .replace(/(?<=^[-−]?[\d.,/]{1,30})(?:['’](?!s$)\p{L}{1,5}|\s(?:ஆகும்|ہے|है|ఉంది|ആണ്|છે|olur))$/u, '')
    .replace(/^\{([A-J])\}$|,$/, '$1')
  return (foreignChoice.exec(bare)?.slice(1).find(Boolean) ?? bare).trim()
}
