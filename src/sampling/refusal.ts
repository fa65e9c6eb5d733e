import { withoutThinking } from './thinking.ts'

/** How a text begins that only refuses, by language. */
const beginnings: readonly string[] = [
  String.raw`(?:i['’]m|i am) (?:very |so )?sorry,? (?:but )?i `,
  String.raw`sorry,? (?:but )?i can(?:['’]t|not) `,
  String.raw`as an ai\b`,
  String.raw`i(?:['’]m| am) (?:unable|not able) to `,
  String.raw`i can(?:['’]t|not) (?:help|assist|comply|provide|answer|fulfil|discuss|do that)`,
  String.raw`(?:es )?tut mir (?:sehr )?leid,? (?:aber )?(?:ich kann |dabei kann ich |da kann ich )`,
  String.raw`ich kann (?:(?:ihnen|dir|dabei|damit|das|diese[rs]?|hierbei) ){1,3}(?:leider )?nicht `,
  String.raw`(?:je suis )?désolée?,? (?:mais )?je ne peux pas `,
  String.raw`je ne (?:peux pas (?:vous |t['’])?(?:aider|fournir|répondre)|suis pas en mesure)`,
  String.raw`lo siento,? (?:pero )?no puedo `,
  String.raw`no puedo (?:ayudar|proporcionar|cumplir|responder)`,
  String.raw`(?:desculpe|sinto muito|lamento),? (?:mas )?não posso `,
  String.raw`mi dispiace,? (?:ma )?non posso `,
  String.raw`(?:извините|простите|к сожалению),? (?:но )?я не могу `,
  String.raw`(?:非常|很)?(?:抱歉|对不起)[，,。]?.{0,8}(?:无法|不能|不便)`,
  String.raw`我(?:无法|不能)(?:提供|协助|帮助|回答|满足)`,
  String.raw`(?:大変)?(?:申し訳(?:ございません|ありません)|すみません|ごめんなさい)(?:が|けど)?[、。].{0,40}(?:できません|いたしかねます)`,
  String.raw`죄송(?:하지만|합니다만?|해요)[,. ].{0,40}(?:수 없(?:습니다|어요)|드릴 수 없)`,
]
const refusal = new RegExp(`^(?:${beginnings.join('|')})`, 'iu')

/** Maximum length of a text that only refuses, in characters. */
const maxRefusal = 400

/** Whether a text refuses and does nothing else, in one of the languages that models are asked in most. */
export function isRefusal(text: string): boolean {
  if (text.length > 100_000) return false
  const spoken = withoutThinking(text)
  return spoken.length <= maxRefusal && refusal.test(spoken)
}
