import { Help } from 'commander'
import type { HelpConfiguration } from 'commander'

/** The most characters of a flag that its help is written beside; the help of a longer one begins on the next line. */
const widestTerm = 26

const plain = new Help()

/** The layout of each help. Some flags of steps are so long that commander would no longer wrap the text beside them. */
export const helpLayout: HelpConfiguration = {
  padWidth: (command, helper) => Math.min(plain.padWidth(command, helper), widestTerm),
  formatItem: (term, width, text, helper) => {
    const format = (word: string) => Help.prototype.formatItem.call(helper, word, width, text, helper)
    return term.length <= width ? format(term) : `  ${term}\n${format('')}`
  },
}
