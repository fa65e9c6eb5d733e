/**
 * How the clauses begin that follow a refusal and give nothing of what was asked for, in lower case: offers, regrets,
 * reasons and referrals. None may begin an answer, as "please" or "it is" would.
 */
export const courtesies: readonly string[] = [
  "is there any|is there some|is there an|would you like|can i help|can i assist|may i help|how can i|how may i|how else|let me know|please let me know|please feel free|feel free to|i'm here to|i am here to|i'm happy to help|i'd be happy to|i would be happy to|i'd be glad to|i can help with other|i can help you with other|happy to help",
  "if you have any|if you have other|if you have another|if you have questions|if you need any|if you need help|if you need assistance|if you need support|if you would like|if you are struggling|if you're struggling|if you or someone|if there is anything|if there's anything|if you'd like",
  'please talk|please speak|please consult|please contact|please reach out|please see a|please seek|please ask|please rephrase|please refer|please try again|please try rephrasing|please try asking|please try another|please understand|please provide|consider talking|consider speaking|consider consulting',
  "sorry|i'm sorry|i am sorry|i'm really sorry|i apologi|my apologies|thank you|thanks for|i appreciate your|i hope you understand|i understand your|i understand you're|i understand you are",
  "i can't help|i can't assist|i can't provide|i can't share|i can't do that|i can't engage|i can't support|i cannot help|i cannot assist|i cannot provide|i cannot share|i cannot do that|i cannot engage|i cannot support|i won't|i must decline|i'm unable to|i am unable to|i'm not able to|i am not able to",
  "it goes against|this goes against|that goes against|it violates|this violates|that violates|it would violate|it's against|it is against|this is against|that's against|doing so would|doing so could|my guidelines|my purpose|it could cause|it could be harmful",
  'gibt es etwas|gibt es sonst|gibt es ein|kann ich dir|kann ich ihnen|bitte wende|bitte frag|bitte stell|wenn du andere|wenn du fragen|wenn du hilfe|wenn sie andere|wenn sie fragen|wenn sie hilfe|falls du fragen|falls du hilfe|falls du andere|falls du weitere|falls sie fragen|falls sie hilfe|falls sie andere|falls sie weitere|lass mich wissen|lassen sie mich|wie kann ich|womit kann ich|ich verstehe, dass|ich hoffe|das verstößt|dies verstößt|es tut mir|tut mir leid|danke|vielen dank',
  "y a-t-il|puis-je|n'hésite|si vous avez d'autre|si vous avez une autre|si vous avez besoin|si vous avez des question|si tu as d'autre|si tu as une autre|si tu as besoin|si tu as des question|veuillez consulter|veuillez contacter|veuillez vous|comment puis-je|en quoi puis-je|je comprends que|je suis désolé|désolé|merci",
  '¿hay|¿puedo|¿en qué|¿te gustaría|¿le gustaría|¿quieres|si tienes otra|si tienes algun|si tiene otra|si necesitas ayuda|si necesita ayuda|si necesitas algo|si necesita algo|por favor, consult|por favor consult|por favor, contact|entiendo que|estoy aquí para|lo siento|gracias por',
  'há algo|há alguma|posso ajud|se precisar de ajuda|se precisar de mais|se tiver outra|se tiver mais|se você tiver outra|se você precisar de ajuda|por favor, consult|por favor, procur|entendo que|estou aqui para|sinto muito|obrigad',
  "c'è qualcos|posso aiut|se hai altre|se hai bisogno di aiuto|se ha altre|se ha bisogno di aiuto|come posso|ti invito a consult|la invito a consult|mi dispiace|grazie per|capisco che",
  'могу ли я|чем я могу|чем могу|если у вас есть вопрос|если у вас есть друг|если у тебя есть вопрос|если у тебя есть друг|если вам нужна помощь|пожалуйста, обратитесь|обратитесь|извините|простите|спасибо|понимаю',
  '如果您有|如果你有|如果您需要|如果你需要|如有|请咨询|请联系|请告诉|请随时|请换|请理解|请谅解|敬请谅解|您可以咨询|有什么|还有什么|请问|抱歉|很抱歉|对不起|谢谢|感谢|希望您|希望你|因为这|这违反|我很乐意|欢迎',
  '他に何か|ほかに何か|何か他|何かほか|別の質問|他の質問|ご不明|ご質問|ご理解|お気軽に|申し訳|専門家に|ありがとう',
  '다른 질문|다른 도움|다른 주제|다른 궁금|혹시|도움이 필요|궁금한|양해|무엇을 도와|죄송|감사합니다|전문가',
].flatMap(beginnings => beginnings.split('|'))
