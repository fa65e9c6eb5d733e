/** The end of each prompt for a text that the client gets: the prompts are English, and many questions are not. */
export const sameLanguage =
  'Write in the language that the task asks for; otherwise, in the language of the question.'
