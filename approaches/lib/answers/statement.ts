import { readCode } from './code.ts'

const copula = String.raw`(?:(?:\s(?:is|was|equals|comes (?:out )?to|(?:must|should|would|will) be|ist|lautet|est|es|é|è|это)|'s)(?!\p{L})|\s?[是为為は]|은\s|는\s)`
const sign = String.raw`(?:[^\S\n]{0,3}[:：=\n]|[^\S\n]{1,3}[-–—](?=\s))`
const named = String.raw`(?<!\p{L})(?:(?:final|correct|right) answer|(?:the|my|our) (?:[a-z]{1,20} ){0,2}answer)(?: to (?:the|this|your) (?:question|problem))?`
const heading = String.raw`(?<=^[^\p{L}\d\n]{0,6})(?:answer|(?:solution|result|lösung|ergebnis)(?=\s?[:=])|ответ)`
const foreign = String.raw`(?<!\p{L})(?:antwort|réponse|respuesta|resposta|risposta|antwoord|svar|odpowiedź|cevap|jawaban|đáp án|الجواب|उत्तर)|答案|答え|回答|정답`
const subject = String.raw`(?<!\b(?:if|whether|why|how) )(?:${named}|${heading}|${foreign})`

/** "The answer is", "Final answer:", "Answer:" on a line of its own, and the same in other languages. */
const statement = new RegExp(
  `(?:${subject}(?:${copula}|${sign})|故选(?=[:：\\s]?[A-J]))[:：\\s]{0,4}`,
  'gimu',
)
/** "The result is" may stand in the middle of things. */
const aside =
  /(?<!\p{L})the (?:[a-z]{1,20} ){0,2}(?:option|choice|result|solution|total)(?: here)? is[:\s]{1,4}/gimu
/** Words that point somewhere else. */
const elsewhere = /^(?:not|above|below|shown|given|in the)\b/i
const filler =
  /^(?:(?:therefore|thus|hence|so|then|simply|just|indeed|clearly|exactly|equal to|given by|(?:option|choice|answer)(?=\s[([]?[A-J]\b))\b[,:]?\s{0,3})+/i
/** A full stop ends no sentence after a short capitalised word ("St. Louis"), unless that is the letter of a choice which words follow. */
const sentenceEnd =
  /[!?;](?=\s|$)|[。！？]|(?<!(?<![\p{L}\d])\p{Lu}\p{L}{0,2})\.(?=\s|$)|(?<=^\(?[A-J]\)?)\.(?=(?:\s\S+){3}|\sExplanation)|\.$/u
const reason =
  /,?\s(?:because|since)\s|,\s(?:as|so|which|given|where|making|meaning)\s|\s?(?:です|입니다|이다).{0,2}$/

/** What the last sentence of the kind "the answer is" says. */
export function readStatement(text: string): string | undefined {
  return lastSaid(text, statement)
}

/** What the last sentence of the kind "the result is" or "the correct option is" says. */
export function readAside(text: string): string | undefined {
  return lastSaid(text, aside)
}

function lastSaid(text: string, pattern: RegExp): string | undefined {
  const ends = [...text.matchAll(pattern)].map(match => match.index + match[0].length)
  for (const end of ends.toReversed()) {
    const said = saidIn(text.slice(end))
    if (said !== '' && !elsewhere.test(said)) return said
  }
  return undefined
}

/** Up to the end of the sentence, the line, the formula or the code block, and without the reason given for it. */
function saidIn(rest: string): string {
  if (rest.startsWith('```')) return readCode(rest) ?? ''
  const formula = /^(?:\\\[|\$\$)\s{0,4}/.exec(rest)?.[0] ?? ''
  const [line = ''] = rest.slice(formula.length).split(/\n|\$\$/, 1)
  const [sentence = ''] = line.split(sentenceEnd, 1)
  const [answer = ''] = sentence.replace(filler, '').split(reason, 1)
  return answer.trim()
}
