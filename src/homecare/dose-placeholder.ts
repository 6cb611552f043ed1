/** Texts of dosages that are no directions. */

/** What a form or a template leaves behind. */
const PLACEHOLDER =
  /^(?:[\W\d_]*|n\/?a|none|nil|null|undefined|unknown|test|tb[ac]|to follow|x+|\[object object\]|(?:dose |dosage )?to be (?:confirmed|advised)|see (?:clinic |the )?letter|.*(?:\{\{?[\w ]+\}|\$\{|<[\w ]+>).*)$/i
/** The whole of a text that says the medicine is not to be taken. */
const STOPPED =
  /^(?:stop(?:ped)?(?: (?:taking|using|giving|it|now|treatment|this|the|medicine|medication)){0,4}|(?:do not|don[’']t) (?:use|take|give|inject|start|dispense|supply)(?: (?:it|this|the|medicine|medication)){0,2}|discontinued?|withheld|suspended|cancelled)[.! ]*$/i
/** Text that is no direction is short. */
const SHORT = 60

export const isPlaceholder = (text: string): boolean => text.length < SHORT && PLACEHOLDER.test(text.trim())
export const saysStop = (text: string): boolean => text.length < SHORT && STOPPED.test(text.trim())
