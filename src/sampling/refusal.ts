import { withoutThinking } from './thinking.ts'

/** Words that regret and come first, if any. */
const regret = (words: string, but: string): string => String.raw`(?:(?:${words})[,，.!]? ?(?:${but} )?)?`

const english = regret(
  String.raw`(?:i['’]m|i am) (?:(?:very|so|really|truly|deeply|afraid) ){0,2}(?:sorry|afraid)|sorry|(?:my )?apologies|i apologi[sz]e|unfortunately`,
  'but',
)
const unable = String.raw`i (?:can(?:['’]t|not)|won['’]t|will not|am (?:unable|not able) to)|i['’]m (?:unable|not able) to`
/** The kinds of help that are not given. */
const help =
  'help|assistance|information|instructions?|guidance|advice|details|content|support|guide|material|explicit|harmful|illegal|medical|legal|financial'

/**
 * How a text begins that only refuses, by language: with a verb of refusing, since "Sorry, I can't come on Friday" may be the
 * reply that was asked for.
 */
const beginnings: readonly string[] = [
  String.raw`${english}(?:${unable}) (?:be able to )?(?:help(?! (?:it|but|\w{1,20}self|\w{1,10}ing)\b)|assist|comply|fulfil|(?:do|discuss|answer|engage (?:in|with)|support) (?:that|this|your|these|those|such)\b|process your|(?:provide|give|share|generate|create|write|produce|offer) (?:[\p{L}-]{1,12},? ){0,3}(?:${help})\b)`,
  String.raw`${english}i (?:must|have to|need to) (?:(?:respectfully|politely) )?decline`,
  String.raw`as an ai(?: (?:language model|assistant|model))?(?: (?:developed|created|made) by \p{L}{1,20})?, ?(?:i (?:can(?:['’]t|not)|don['’]t|do not|won['’]t|am (?:unable|not able))|i['’]m (?:unable|not able)) `,
  String.raw`${regret('(?:es )?tut mir (?:sehr |wirklich )?leid|leider|entschuldigung', 'aber')}(?:(?:da|dabei|damit|hierbei|leider|das) )?(?:ich kann|kann ich)\b[^.!?\n]{0,60}(?:nicht|kein\p{L}{0,2}) [^.!?\n]{0,60}?(?:helfen|beantworten|unterstützen|bereitstellen|nachkommen|erfüllen|behilflich)`,
  String.raw`${regret('(?:je suis )?(?:vraiment |sincèrement )?désolée?|malheureusement', 'mais')}je ne (?:peux|puis) pas (?:vous |t['’])?(?:aider|assister|fournir|répondre|accéder à (?:votre|cette|ta))`,
  String.raw`${regret('(?:je suis )?(?:vraiment |sincèrement )?désolée?|malheureusement', 'mais')}je ne suis pas en mesure d(?:e |['’])(?:vous |t['’])?(?:aider|assister|fournir|répondre)`,
  String.raw`${regret('lo siento(?: mucho)?|lo lamento|lamentablemente', 'pero')}no puedo (?:ayudar|asistir(?:te|le|los)|proporcionar|cumplir|responder|brindar)`,
  String.raw`${regret('desculpe|sinto muito|lamento|infelizmente', 'mas')}(?:eu )?não posso (?:te |lhe |o )?(?:ajud[aá]|fornec|responder|atender|auxiliar)`,
  String.raw`${regret('mi dispiace|purtroppo', 'ma')}non posso (?:aiutar|assister[tv]i|fornir|risponder|soddisfar)`,
  String.raw`${regret('извините|простите|к сожалению', 'но')}я не (?:с?могу) (?:(?:вам|тебе|с этим) ){0,2}(?:помочь|ответить|предоставить|выполнить|обсуждать)`,
  String.raw`(?:(?:非常|很)?(?:抱歉|对不起)[，,。！]?.{0,8}|我)(?:无法|不能|不便)[^，,。]{0,6}(?:提供|协助|帮助|帮你|帮您|回答|回应|满足|讨论)`,
  String.raw`(?:大変)?(?:申し訳(?:ございません|ありません)|すみません|ごめんなさい)(?:が|けど)?[、。].{0,40}(?:答え|応え|手伝い|回答|提供|協力|支援|対応|力に).{0,8}(?:できません|いたしかねます|できかねます|なれません)`,
  String.raw`죄송(?:하지만|합니다만?|해요)[,. ].{0,40}(?:답변|대답|답해|도움|도와|제공|응답).{0,8}(?:수 없(?:습니다|어요))`,
]
const refusal = new RegExp(`^(?:${beginnings.join('|')})`, 'iu')

/** Parts of a text that does more than refuse: a figure, a formula, or an answer in spite of it. */
const answersToo =
  /[\p{N}=]|(?<!\p{L})but (?!\p{L}{1,12} (?:cannot|can['’]t)\b)|[,.;:!—–]\s?(?:however|aber|allerdings|pero|sin embargo|mais|cependant|mas|porém|ma|però|но|однако)(?!\p{L})|但是?|不过|しかし|ただし|그러나/iu

/** Maximum length of a text that only refuses, in characters. */
const maxRefusal = 400

/**
 * Whether a text refuses and does nothing else, in one of the languages that models are asked in most. One that also answers,
 * in part or with a figure, does not count.
 */
export function isRefusal(text: string): boolean {
  if (text.length > 100_000) return false
  const spoken = withoutThinking(text)
  if (spoken.length > maxRefusal) return false
  const [beginning] = refusal.exec(spoken) ?? []
  return beginning !== undefined && !answersToo.test(spoken.slice(beginning.length))
}
