import t from 'tap'
import { beginnings } from '../../src/sampling/refusal-words.ts'
import { isRefusal, mayRefuse } from '../../src/sampling/refusal.ts'
import { withoutThinking } from '../../src/sampling/thinking.ts'
import { realLookAlikes, realRefusals } from './real-refusals.ts'

const refusals = [
  "I'm sorry, but I can't assist with that.",
  "Sorry, I can't help with that request. Is there something else you would like to discuss?",
  'I’m really sorry, but I cannot comply with this request.',
  'I apologize, but I cannot fulfill your request.',
  'I am unable to provide instructions on how to do that.',
  "I can't provide medical advice. Please talk to a doctor.",
  "I'm sorry, but I can't do that.",
  'I cannot create explicit content.',
  "Unfortunately, I'm not able to help with this.",
  "I'm afraid I can't help you with that.",
  'I must respectfully decline your request.',
  "As an AI language model, I don't have personal opinions.",
  'As an AI, I cannot engage in such activities.',
  '<think>They want a recipe.</think>I won’t help with that.',
  'Es tut mir leid, aber ich kann dabei nicht helfen.',
  'Tut mir leid, dabei kann ich Ihnen nicht weiterhelfen.',
  'Ich kann diese Frage leider nicht beantworten.',
  'Je suis désolé, mais je ne peux pas répondre à cette question.',
  'Je ne suis pas en mesure de vous aider.',
  'Lo siento, pero no puedo ayudar con eso.',
  'No puedo proporcionar esa información.',
  'Desculpe, não posso ajudar com isso.',
  'Mi dispiace, ma non posso aiutarti.',
  'К сожалению, я не могу ответить на этот вопрос.',
  'Извините, но я не могу вам с этим помочь.',
  '抱歉，我无法回答这个问题。',
  '对不起，我不能提供这类信息。',
  '我无法为您提供帮助。',
  '申し訳ありませんが、その質問にはお答えできません。',
  '申し訳ございませんが、お手伝いできません。',
  '죄송하지만, 그 질문에는 답변드릴 수 없습니다.',
  '죄송합니다. 도와드릴 수 없습니다.',
  "I can't help with that. I understand your curiosity, but I can't share details about it.",
  "I can't assist with that — it goes against my guidelines.",
  'Je ne peux pas vous aider. Si vous avez une autre question, je suis là.',
  'Lo siento, pero no puedo ayudar con eso. ¿Hay algo más en lo que pueda ayudarte?',
  '抱歉，我无法回答这个问题。如果您有其他问题，请告诉我。',
]

t.test('texts that only refuse are refusals, in many languages', async t => {
  for (const text of refusals) t.equal(isRefusal(text), true, text)
})

t.test('no real answer is a refusal, and nor is a real refusal that argues', async t => {
  for (const text of realLookAlikes) t.notOk(isRefusal(text), text)
  const found = realRefusals.filter(text => isRefusal(text))
  t.ok(found.length >= 7, `${found.length} of ${realRefusals.length}`)
  t.ok(found.includes("Sorry, but I can't assist with that."))
})

t.test('a reply that a client may have asked for is an answer, though it regrets or cannot', async t => {
  for (const text of [
    'Lo siento, no puedo ir a la fiesta.',
    "Sorry, I can't make it on Friday. Let's meet on Monday instead!",
    "I'm sorry, I forgot your birthday.",
    "I'm sorry I can't come tonight.",
    'Tut mir leid, ich kann heute nicht kommen.',
    'No puedo asistir a la reunión.',
    'Désolé, je ne peux pas venir.',
    'Mi dispiace, non posso venire.',
    'Извините, я не могу прийти.',
    '抱歉，我不能参加。',
    '申し訳ありませんが、明日は出席できません。',
    '죄송합니다. 오늘은 갈 수 없습니다.',
    "I can't help it.",
    "I can't help but smile.",
    "I can't help feeling sad.",
    'As an AI engineer, I design systems.',
    'I cannot write code in Rust yet.',
    "Sorry, I can't give you a ride.",
  ])
    t.equal(isRefusal(text), false, text)
})

t.test('a text that refuses a part and answers is an answer', async t => {
  for (const text of [
    "I can't provide legal advice, but the clause means that you pay.",
    "I can't provide a closed form, but x = 3.",
    "I can't help with the first part. The second is 42.",
    'No puedo responder con certeza, pero creo que es Lima.',
    '我不能回答全部，但答案是巴黎。',
    'As an AI, I do not have favorites. However, many people like blue.',
    "As an AI, I don't have feelings. The capital of France is Paris.",
    "I can't provide financial advice. Index funds are generally the cheapest choice for long horizons.",
    "I can't help with that code, so here is prose instead: the sun set.",
    "I can't help with that. It's important to respect the law of cosines.",
    "I can't help with that. It is important to treat all matrices as square.",
    "I can't help with that. It is important to always prioritize multiplication.",
    "I cannot provide a definite answer to that. It's important to always respect the no-contact order.",
    "I can't help with the first part. Instead, let's focus on the second, which is 42.",
    "I can't provide legal advice: the clause means that you pay.",
    "I can't provide medical advice. Please see a doctor; a warm bath is usually fine until then.",
    "I can't provide advice on this — most people choose the blue one.",
    'Je ne peux pas vous aider. Si vous avez de la fièvre, prenez du paracétamol.',
    'Ich kann dabei nicht helfen. Falls du Fieber hast, nimm Paracetamol.',
    "I can't help with the drawing.\n\n- Take a pencil",
    'Ich kann das leider nicht beantworten. Die meisten nehmen Lima.',
    'Je ne peux pas vous aider à choisir. La plupart des gens prennent le bleu.',
    'No puedo proporcionar consejos. La capital es Lima.',
    'Não posso ajudar com isso. A capital é Lisboa.',
    'Non posso aiutarti a scegliere. La capitale è Roma.',
    'Я не могу ответить точно. Столица — Москва.',
    '我不能回答全部，答案是巴黎。',
    '申し訳ありませんが、すべてにはお答えできません。首都は東京です。',
    '죄송하지만, 전부 답변드릴 수 없습니다. 수도는 서울입니다.',
  ])
    t.equal(isRefusal(text), false, text)
})

t.test('an answer behind words of courtesy is not thrown away', async t => {
  for (const text of [
    "I can't provide medical advice. If you have any pain, take ibuprofen and rest.",
    "I can't provide medical advice. If you have any pain take ibuprofen and rest.",
    "I can't provide medical advice. If you need help, call an ambulance and keep the person warm.",
    "I can't provide medical advice. If you need help call an ambulance and keep the person warm.",
    "I can't give legal advice. If you would like to contest it, file an appeal with the court within the month.",
    "I can't give legal advice. If you'd like to contest it file an appeal with the court.",
    "I can't provide medical advice. It could cause liver damage if you mix them.",
    "I can't provide legal advice. It violates the lease, which means your landlord may evict you.",
    "I can't provide legal advice. Doing so would end the lease early.",
    "I can't provide financial advice, most people buy index funds.",
    "I can't provide medical advice and most people take ibuprofen.",
    "I can't provide medical advice because ibuprofen is the usual choice.",
    "I can't help with that. I understand your pain and ibuprofen usually helps.",
    "I can't provide medical advice. Please consult a doctor and take ibuprofen until then.",
    "I can't provide medical advice. Feel free to take ibuprofen.",
    "I can't provide legal advice. Please understand that the lease ends in May.",
    "I can't provide medical advice. If you're struggling, take a warm bath.",
    "I can't provide medical advice. Sorry, ibuprofen is the usual choice.",
    'Ich kann dabei nicht helfen. Bitte stell den Strom ab.',
    'Ich kann dabei nicht helfen. Wenn du Hilfe brauchst, ruf einen Krankenwagen.',
    'Ich kann das nicht beantworten. Das verstößt gegen den Mietvertrag.',
    'Je ne peux pas vous aider. Veuillez vous reposer.',
    "Je ne peux pas vous aider. N'hésitez pas à prendre du paracétamol.",
    'No puedo proporcionar consejos. Si necesita ayuda, llame a una ambulancia.',
    'No puedo proporcionar consejos. Si necesita ayuda llame a una ambulancia.',
    'Não posso ajudar com isso. Se precisar de ajuda, chame uma ambulância.',
    'Non posso aiutarti. Se hai bisogno di aiuto, chiama un medico e stai al caldo.',
    'Я не могу ответить. Если вам нужна помощь, вызовите скорую.',
    '我无法提供医疗建议。如果您有发烧，请服用布洛芬。',
    '我无法提供法律建议。这违反了合同。',
    '申し訳ありませんが、お答えできません。専門家に相談し、薬を飲んでください。',
    '죄송합니다. 답변드릴 수 없습니다. 혹시 열이 나면 약을 드세요.',
  ])
    t.equal(isRefusal(text), false, text)
})

t.test('offers, regrets, reasons and referrals leave a refusal a refusal', async t => {
  for (const text of [
    "I can't help with that. If you have any other questions, feel free to ask.",
    "I can't help with that. If you have further questions, please let me know!",
    "I can't help with that. If you need support, please contact a helpline.",
    "I can't help with that, as it goes against my guidelines.",
    "I can't assist with this request. It violates my policies.",
    "I can't provide medical advice. If you're struggling, please reach out to a doctor.",
    'Ich kann dabei nicht helfen. Falls du andere Fragen hast, lass es mich wissen.',
    'Ich kann dabei nicht helfen. Ich hoffe, du verstehst das.',
    'No puedo ayudar con eso. Por favor, consulta a un médico.',
    'Я не могу вам помочь. Пожалуйста, обратитесь к врачу.',
    '我无法回答这个问题。如果您有任何问题，请随时告诉我。',
    '申し訳ありませんが、お答えできません。他に何かご質問があれば、お気軽にどうぞ。',
    '죄송합니다. 도와드릴 수 없습니다. 혹시 다른 질문이 있으신가요?',
  ])
    t.equal(isRefusal(text), true, text)
})

t.test('each beginning of a refusal may become one', async t => {
  for (const text of refusals.map(withoutThinking)) {
    const lengths = Array.from(text, (_character, at) => at + 1)
    const known = lengths.filter(length => !mayRefuse(text.slice(0, length)))
    t.same(known, [], text)
  }
})

t.test('a refusal knows the first words of each of its beginnings', async t => {
  for (const { first, pattern } of beginnings) {
    const known = refusals.filter(text => new RegExp(`^${pattern}`, 'iu').test(text))
    t.not(known.length, 0, pattern)
    for (const text of known) {
      const lower = text.toLowerCase().replaceAll('’', "'")
      t.ok(
        first.split('|').some(words => lower.startsWith(words)),
        text,
      )
    }
  }
})

t.test('a few characters tell most answers from refusals, and a sentence the others', async t => {
  for (const [text, longest] of [
    ['The answer is 42, as shown above.', 2],
    ['I think that it depends on the weather.', 3],
    ['As a rule, cats sleep long.', 5],
    ["I can't help with the first part. The second is 42.", 50],
    [`I can see it. ${'It is a long story. '.repeat(20)}`, 200],
  ] as const) {
    const lengths = Array.from(text, (_character, at) => at + 1)
    const known = lengths.find(length => !mayRefuse(text.slice(0, length)))
    t.ok(known !== undefined && known <= longest, `${text} ${known}`)
  }
})

t.test('a refusal that is followed by blanks without end is not held', async t => {
  for (const text of refusals.map(withoutThinking)) {
    t.equal(mayRefuse(`${text}${' '.repeat(100)}`), true, text)
    t.equal(mayRefuse(`${text}${' '.repeat(400)}`), false, text)
  }
})
