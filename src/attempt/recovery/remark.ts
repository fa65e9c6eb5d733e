const words = (text: string): string[] => text.split(', ')

/**
 * Beginnings of a message to the reader, which has nothing to do with the text before it: a refusal, a greeting, or an
 * announcement of the rest.
 */
const beginnings: readonly string[] = [
  words("i'm, i am").flatMap(who =>
    words('sorry, so sorry, very sorry, afraid, unable to, not able to, an ai').map(
      state => `${who} ${state}`,
    ),
  ),
  words("i can't, i cannot, i won't, i will not").flatMap(unable =>
    words('help, assist, continue, provide, fulfill, comply, complete, write').map(act => `${unable} ${act}`),
  ),
  words("here's the, here is the").flatMap(here =>
    words('rest, remainder, remaining, continuation').map(rest => `${here} ${rest}`),
  ),
  words('it looks like, it seems, it seems that, it appears, it appears that').flatMap(seeming =>
    words('my, your').map(whose => `${seeming} ${whose}`),
  ),
  words('sorry, my apologies, apologies, i apologize, i apologise, as an ai, hello, hi, hey, greetings'),
  words(
    'thank you for, thanks for, sure, certainly, of course, absolutely, understood, no problem, okay, ok',
  ),
  words('got it, continuing from, continuing where, could you please, how can i help, how can i assist'),
  words('es tut mir leid, tut mir leid, entschuldigung, natürlich, gerne, hallo, hier ist der rest'),
  words('je suis désolé, désolé, bien sûr, bonjour, voici la suite, lo siento, claro, por supuesto, hola'),
  words('aquí tienes el resto, desculpe, olá, mi dispiace, certo, ciao'),
  words('извините, к сожалению, конечно, здравствуйте, привет'),
  words('抱歉, 很抱歉, 对不起, 非常抱歉, 当然, 好的, 你好, 您好, 申し訳, すみません, もちろん, こんにちは'),
  words('죄송, 물론, 안녕하세요'),
].flat()
const longest = Math.max(...beginnings.map(beginning => beginning.length))

/**
 * Whether a text begins as a message to the reader does and not in the middle of an answer; undefined if more of it is
 * needed to tell.
 */
export function isRemark(text: string): boolean | undefined {
  const trimmed = text.trimStart()
  if (trimmed === '') return undefined
  // The rest of a sentence begins in lower case.
  if (/^\p{Ll}/u.test(trimmed)) return false
  const spoken = trimmed
    .slice(0, longest + 1)
    .toLowerCase()
    .replaceAll('’', "'")
  if (beginnings.some(beginning => begins(spoken, beginning))) return true
  return beginnings.some(beginning => beginning.startsWith(spoken)) ? undefined : false
}

/** Whether a text begins with these words, and not with longer ones. */
function begins(text: string, words: string): boolean {
  if (!text.startsWith(words)) return false
  const next = text.slice(words.length, words.length + 1)
  return !isSpaced.test(words) || (next !== '' && !/[\p{L}\p{N}]/u.test(next))
}

/** Scripts that put spaces between words. */
const isSpaced = /[\p{sc=Latin}\p{sc=Cyrillic}]$/u
