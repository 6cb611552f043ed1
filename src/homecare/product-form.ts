/** What a product is by its name: which units its doses and quantities can be counted in. */

/** What a product is, where its name leaves no doubt. */
export type ProductForm = 'tablets' | 'capsules' | 'drink' | 'injection'

const SOLID = /\b(tablet|capsule)s?\b/
/** Solids that are turned into something else before they are taken, and what only sounds like them. */
const TURNED =
  /\b(?:soluble|dispersible|orodispersible|effervescent|for (?:opening|oral|injection|infusion|inhalation)|inhal\w*|injection|infusion|solution|suspension|liquid|syrup|granules|powder|vaginal|pessar\w*|implant\w*|pack)\b/
const DRINK = /\b(?:oral (?:solution|suspension|liquid|drops|emulsion)|syrup|elixir|linctus)\b/
const INJECTION = /\b(?:injection|infusion|pre-?filled|auto-?injectors?)\b/

function formOfOne(name: string): ProductForm | undefined {
  const [, solid] = SOLID.exec(name) ?? []
  if (solid !== undefined) return TURNED.test(name) ? undefined : `${solid as 'tablet' | 'capsule'}s`
  if (DRINK.test(name)) return 'drink'
  return INJECTION.test(name) && !/\b(?:oral|nebuliser|eye|lock)\b/.test(name) ? 'injection' : undefined
}

/** By the name in lower case; all the names of one medicine must agree. */
export function productForm(name: string): ProductForm | undefined {
  const [first, ...others] = name.split(' | ').map(formOfOne)
  return others.every((one) => one === first) ? first : undefined
}
