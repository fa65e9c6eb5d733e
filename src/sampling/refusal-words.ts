import { alternatives } from './alternatives.ts'

/** A pattern for words of regret, and the "but" behind them, if a refusal begins with them. */
const regret = (but: string, ...words: readonly string[]): string =>
  `(?:${alternatives(...words)}[,，.!]? ?(?:${but} )?)?`

const notAble = alternatives('unable', 'not able')

const english = {
  first: "i can|i won|i will not|i am |i'm |i apolog|sorry|my apologies|apologies|unfortunately",
  regret: regret(
    'but',
    String.raw`${alternatives("i['’]m", 'i am')} (?:${alternatives('very', 'so', 'really', 'truly', 'deeply', 'afraid')} ){0,2}${alternatives('sorry', 'afraid')}(?: that you(?: a|['’])re feeling this way)?`,
    'sorry|(?:my )?apologies|i apologi[sz]e|unfortunately',
  ),
  cannot: alternatives(
    `i ${alternatives("can(?:['’]t|not)", "won['’]t", 'will not', `am ${notAble} to`)}`,
    `i['’]m ${notAble} to`,
  ),
  /** Not of "I can't help it", "I can't help but smile" or "I can't help feeling sad". */
  help: String.raw`help(?! ${alternatives('it', 'but', String.raw`\w{1,20}self`, String.raw`\w{1,10}ing`)}\b)`,
  /** Words for the thing that was asked for. */
  that: alternatives('that', 'this', 'your', 'these', 'those', 'such'),
  takeUp: alternatives('do', 'discuss', 'answer', `engage ${alternatives('in', 'with')}`, 'support'),
  give: alternatives('provide', 'give', 'share', 'generate', 'create', 'write', 'produce', 'offer'),
  /** Kinds of help that are not given. */
  kinds: alternatives(
    'help|assistance|information|instructions?|guidance|advice|details|content',
    'support|guide|material|explicit|harmful|illegal|medical|legal|financial',
  ),
  maker: String.raw`(?: ${alternatives('developed', 'created', 'made')} by \p{L}{1,20})?`,
}

/** Help that is not given, in English. */
const refused = alternatives(
  english.help,
  'assist|comply|fulfil',
  String.raw`${english.takeUp} ${english.that}\b`,
  'process your',
  String.raw`${english.give} (?:[\p{L}-]{1,12},? ){0,3}${english.kinds}\b`,
  String.raw`${english.give} (?:you (?:with )?)?an answer to ${alternatives('that', 'this')}\b`,
)

const german = {
  regret: regret('aber', '(?:es )?tut mir (?:sehr |wirklich )?leid', 'leider', 'entschuldigung'),
  about: `(?:${alternatives('da', 'dabei', 'damit', 'hierbei', 'leider', 'das')} )?`,
  refused: alternatives('helfen|beantworten|unterstützen|bereitstellen|nachkommen|erfüllen|behilflich'),
}

const french = regret('mais', '(?:je suis )?(?:vraiment |sincèrement )?désolée?', 'malheureusement')
const frenchFirst = 'je suis|je ne|vraiment désolé|sincèrement désolé|désolé|malheureusement'

/** How a text begins that refuses. */
export interface Beginning {
  /** Its first words, in lower case and with straight apostrophes: most texts are told from it by a few characters. */
  readonly first: string
  /** The words of refusing, within one sentence; none reads further than it must, as the text may still arrive. */
  readonly pattern: string
}

/**
 * How a text begins that only refuses, by language: with a verb of refusing, since "Sorry, I can't come on Friday" may be the
 * reply that was asked for.
 */
export const beginnings: readonly Beginning[] = [
  {
    first: english.first,
    pattern: `${english.regret}${english.cannot} (?:be able to )?${refused}`,
  },
  {
    first: `${english.first}|i must |i have to |i need to `,
    pattern: `${english.regret}i ${alternatives('must', 'have to', 'need to')} (?:${alternatives('respectfully', 'politely')} )?decline`,
  },
  {
    first: 'as an ai',
    pattern: `as an ai(?: ${alternatives('language model', 'assistant', 'model')})?${english.maker}, ?${alternatives(
      `i ${alternatives("can(?:['’]t|not)", "don['’]t", 'do not', "won['’]t", `am ${notAble}`)}`,
      `i['’]m ${notAble}`,
    )} `,
  },
  {
    first:
      'es tut mir|tut mir|leider|entschuldigung|da kann|da ich|dabei|damit|hierbei|das kann|das ich|ich kann|kann ich',
    pattern: String.raw`${german.regret}${german.about}${alternatives('ich kann', 'kann ich')}\b[^.!?\n]{0,60}?(?:nicht|kein\p{L}{0,2}) [^.!?\n]{0,60}?${german.refused}`,
  },
  {
    first: frenchFirst,
    pattern: `${french}je ne ${alternatives('peux', 'puis')} pas (?:vous |t['’])?${alternatives('aider', 'assister', 'fournir', 'répondre', `accéder à ${alternatives('votre', 'cette', 'ta')}`)}`,
  },
  {
    first: frenchFirst,
    pattern: `${french}je ne suis pas en mesure d(?:e |['’])(?:vous |t['’])?${alternatives('aider', 'assister', 'fournir', 'répondre')}`,
  },
  {
    first: 'lo siento|lo lamento|lamentablemente|no puedo',
    pattern: `${regret('pero', 'lo siento(?: mucho)?', 'lo lamento', 'lamentablemente')}no puedo ${alternatives('ayudar', 'asistir(?:te|le|los)', 'proporcionar', 'cumplir', 'responder', 'brindar')}`,
  },
  {
    first: 'desculpe|sinto muito|lamento|infelizmente|eu não|não posso',
    pattern: `${regret('mas', 'desculpe', 'sinto muito', 'lamento', 'infelizmente')}(?:eu )?não posso (?:te |lhe |o )?${alternatives('ajud[aá]', 'fornec', 'responder', 'atender', 'auxiliar')}`,
  },
  {
    first: 'mi dispiace|purtroppo|non posso',
    pattern: `${regret('ma', 'mi dispiace', 'purtroppo')}non posso ${alternatives('aiutar', 'assister[tv]i', 'fornir', 'risponder', 'soddisfar')}`,
  },
  {
    first: 'извините|простите|к сожалению|я не',
    pattern: `${regret('но', 'извините', 'простите', 'к сожалению')}я не (?:с?могу) (?:${alternatives('вам', 'тебе', 'с этим')} ){0,2}${alternatives('помочь', 'ответить', 'предоставить', 'выполнить', 'обсуждать')}`,
  },
  {
    first: '非常|很|抱歉|对不起|我',
    pattern: `${alternatives('(?:非常|很)?(?:抱歉|对不起)[，,。！]?[^。！？.!?\\n]{0,8}?', '我')}${alternatives('无法', '不能', '不便')}[^，,。]{0,6}${alternatives('提供', '协助', '帮助', '帮你', '帮您', '回答', '回应', '满足', '讨论')}`,
  },
  {
    first: '大変|申し訳|すみません|ごめんなさい',
    pattern: `(?:大変)?${alternatives('申し訳(?:ございません|ありません)', 'すみません', 'ごめんなさい')}(?:が|けど)?[、。][^。！？.!?\\n]{0,40}?${alternatives('答え', '応え', '手伝い', '回答', '提供', '協力', '支援', '対応', '力に')}[^。！？.!?\\n]{0,8}?${alternatives('できません', 'いたしかねます', 'できかねます', 'なれません')}`,
  },
  {
    first: '죄송',
    pattern: `죄송${alternatives('하지만', '합니다만?', '해요')}[,. ][^。！？.!?\\n]{0,40}?${alternatives('답변', '대답', '답해', '도움', '도와', '제공', '응답')}[^。！？.!?\\n]{0,8}?수 없${alternatives('습니다', '어요')}`,
  },
]

/** Introductions of an answer in spite of a refusal, as parts of a sentence. */
const however = alternatives(
  'however|although|though|yet|still|so|aber|allerdings|jedoch|doch|pero|sin embargo|mais|cependant|toutefois',
  'mas|porém|contudo|ma|tuttavia|però|но|однако',
)

/** Parts of a text that does more than refuse: a figure, a formula, or an answer in spite of it. */
export const answersToo = new RegExp(
  [
    String.raw`[\p{N}=]`,
    String.raw`(?<!\p{L})but (?!\p{L}{1,12} ${alternatives('cannot', "can['’]t")}\b)`,
    String.raw`[,.;:!—–]\s?${however}(?!\p{L})`,
    String.raw`\sand ${alternatives('the', 'it', 'you', 'we', 'there', 'most', 'many', 'people', 'take', 'use', String.raw`\p{L}{1,12} ${alternatives('is', 'are', 'usually', 'often')}`)}\s`,
    String.raw`(?<!\p{L})${alternatives('because', 'since')} (?!${alternatives('it', 'this', 'that', 'i', 'my')}\b)`,
    String.raw`(?<!\p{L})here${alternatives(' is', ' are', "['’]s")}\s`,
    '但是?|不过|しかし|ただし|그러나',
  ].join('|'),
  'iu',
)
