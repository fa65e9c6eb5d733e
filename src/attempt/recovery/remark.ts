/** Beginnings that are remarks whatever follows them: refusals, and announcements of the rest. */
const phrases: readonly string[] = [
  combined("i'm, i am", 'sorry, so sorry, very sorry, really sorry, afraid, unable to, not able to, an ai'),
  combined(
    "i can't, i cannot, i won't, i will not",
    'help, assist, continue, provide, fulfill, comply, complete, write',
  ),
  listed("unfortunately i can't, unfortunately i cannot, unfortunately i am"),
  combined("here's the, here is the", 'rest, remainder, remaining, continuation'),
  combined('it looks like, it seems, it seems that, it appears, it appears that', 'my, your'),
  listed('my apologies, i apologize, i apologise, as an ai, thank you for, thanks for'),
  listed('continuing from, continuing where, could you please, how can i help, how can i assist'),
  // German, French, Spanish, Portuguese, Italian, Russian.
  listed('es tut mir leid, tut mir leid, hier ist der rest, je suis désolé, voici la suite'),
  listed('lo siento, aquí tienes el resto, sinto muito, mi dispiace, к сожалению'),
  // Japanese, Korean.
  listed('申し訳ありません, 申し訳ございません, すみません, 죄송합니다, 죄송하지만, 안녕하세요'),
].flat()

/** Words that are remarks only if they are set apart from what follows: they begin sentences of an answer, too. */
const words: readonly string[] = [
  'sorry, apologies, hello, hi, hey, greetings, sure, certainly, of course, absolutely, understood',
  'no problem, okay, ok, got it',
  // German, French, Spanish, Portuguese, Italian, Russian.
  'entschuldigung, natürlich, gerne, hallo, désolé, bien sûr, bonjour, claro, por supuesto, hola',
  'desculpe, olá, certo, ciao, извините, конечно, здравствуйте, привет',
  // Chinese, Japanese, Korean.
  '抱歉, 很抱歉, 非常抱歉, 对不起, 当然, 好的, 你好, 您好, もちろん, こんにちは, 물론',
].flatMap(listed)

const longest = Math.max(...[...phrases, ...words].map(({ length }) => length))
/** White space and marks of emphasis that may precede a remark; behind more of them, there is no remark. */
const maxLead = 32
const lead = new RegExp(String.raw`^[\s*_#]{0,${maxLead}}`)

/**
 * Whether a text begins as a message to the reader does, and not in the middle of an answer: with a refusal, a greeting, or an
 * announcement of the rest. Undefined if more of it is needed to tell.
 */
export function isRemark(text: string): boolean | undefined {
  const at = lead.exec(text)![0].length
  const start = text.slice(at, at + longest + 1)
  if (start === '') return at < maxLead ? undefined : false
  // The rest of a sentence begins in lower case.
  if (/^\p{Ll}/u.test(start)) return false
  const spoken = start
    .toLowerCase()
    .replaceAll('’', "'")
    .replace(/^unfortunately,/, 'unfortunately')
  if (phrases.some(phrase => isFollowed(spoken, phrase, /^[^\p{L}\p{N}]|^\p{Lo}/u))) return true
  if (words.some(word => isFollowed(spoken, word, /^[*_]{0,3}[,;.:!\n，。！、]/))) return true
  return [...phrases, ...words].some(one => one.startsWith(spoken)) ? undefined : false
}

function isFollowed(text: string, beginning: string, by: RegExp): boolean {
  return text.startsWith(beginning) && by.test(text.slice(beginning.length))
}

/** Each of the first texts of a list with each of the second. */
function combined(first: string, then: string): string[] {
  return listed(first).flatMap(one => listed(then).map(other => `${one} ${other}`))
}

function listed(text: string): string[] {
  return text.split(', ')
}
