import { alternatives } from '../../../sampling/alternatives.ts'

/** Words for an answer in other languages than English, and adjectives between them and a verb or a sign. */
const nouns = [
  'antwort|réponse|respuesta|resposta|gabarito|risposta|antwoord|svar(?:et)?|vastaus|vastus|válasz|megoldás',
  'odpowiedź|odpověď|odpoveď|výsledek|výsledkem|wynikiem|odgovor|răspunsul|cevap|yanıt|jawaban(?:nya)?|jawapan|sagot|jibu',
  'ìdáhùn|idahun|đáp án|đáp số|kết quả|câu trả lời|atsakymas|atbilde',
  'ответа?|відповідь|отговор(?:ът|а)?|одговор(?:от)?|απάντηση|התשובה|الجواب|الإجابة|الناتج|پاسخ|جواب',
  'उत्तर|जवाब|উত্তর|సమాధానం|பதில்|விடை|ಉತ್ತರ|ഉത്തരം|જવાબ',
].join('|')
const adjectives = [
  'final|finale|finala|correcta?|correcte|exacta|exacte|correta|corretta|esatta|giusta|certa|richtige|definitiva',
  'corect|akhir|akhirnya|yang benar|yang tepat|đúng|cuối cùng|la mwisho|sahihi',
  'النهائية?|الصحيحة?|נכונה|הנכונה|הסופית|نهایی|صحیح',
].join('|')
const chosen = [
  '(?:alternativa|opción|opção|opzione|optie|option) (?:correcta|correta|corretta|correcte?|juste|certa|giusta)',
  'bonne (?:réponse|option)|(?:richtige|korrekte|beste) option|mejor opción|melhor opção|juiste optie|rätt alternativ',
].join('|')

/** Not within a word; in Indic scripts, words have marks as well as letters. */
const wordStart = String.raw`(?<![\p{L}\p{M}])`
const inThai = 'คำตอบ(?:สุดท้าย|ที่ถูกต้อง)?'
const inEastAsia = String.raw`答案|解答|答复|正确选项|正解|正答|答え|回答|정답|(?<!\p{L})답`

/** The subject of a sentence that states the answer in another language than English. */
export const foreignAnswer = [
  String.raw`${wordStart}(?:${nouns})(?:\s(?:${adjectives})){0,2}`,
  inThai,
  String.raw`(?<!\p{L})(?:${chosen})`,
  inEastAsia,
].join('|')

const verbs = alternatives(
  'is|are|was|were|equals|comes (?:out )?to|(?:must|should|would|will) be',
  'ist|lautet|wäre|est|es|é|è|és|ay|это|е|là|هو|هي|adalah|ialah',
  'jest|to|je|är|er|on|este|ni|είναι|היא|הוא|হল|হলো',
)
/** In languages that write without blanks, and in Korean. */
const attachedVerbs = String.raw`คือ|\s?(?:应该|应当|應該)?[是为為は]|应为|应该为|即为|은\s|는\s`

/** The verb behind it. */
export const copula = alternatives(String.raw`(?:\s${verbs}|'s)(?![\p{L}\p{M}])`, attachedVerbs)

const verblessNouns = alternatives(
  'సమాధానం|பதில்|விடை|ಉತ್ತರ|ഉത്തരം|উত্তর|ответ|الجواب|الإجابة|התשובה|cevap|yanıt',
  '答え|答案|정답|답',
)
const number = String.raw`[-−]?[\d$\\]`
const choice = String.raw`[([]?[A-J][)\].]?(?:\s|$)`

/** Languages whose statements need no verb: the answer follows if it is a number or the letter of a choice. */
export const verbless = String.raw`${wordStart}${verblessNouns}\s(?=${number}|${choice})`
