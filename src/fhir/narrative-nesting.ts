/**
 * Which elements and attributes of a narrative may stand where. HTML 4.0 says so by its document type, and R4 takes
 * its elements and attributes from there (https://hl7.org/fhir/R4/narrative.html#xhtml, txt-1); HL7's validator holds
 * narratives to what follows, and so do those who show them.
 */

/** Names with blanks between them, as a set. */
export const words = (text: string): ReadonlySet<string> => new Set(text.split(' '))

/** Lists, tables and maps hold these, and neither text nor anything else. */
const CHILDREN: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries({
    ul: words('li'),
    ol: words('li'),
    dl: words('dt dd'),
    table: words('caption colgroup col thead tfoot tbody tr'),
    thead: words('tr'),
    tfoot: words('tr'),
    tbody: words('tr'),
    tr: words('td th'),
    map: words('area'),
  }),
)
/** What stands in one of those alone; a column also in its group, and the area of a map anywhere. */
const PARTS = words('li dt dd caption colgroup col thead tfoot tbody tr td th')

const PHRASES = words('a b i em strong small big tt dfn q var abbr acronym cite code samp kbd sub sup bdo')
/** What holds text, and no blocks. */
const TEXTS = new Set([...PHRASES, ...words('span p h1 h2 h3 h4 h5 h6 address pre dt dd caption')])
const BLOCKS = words('div pre ul ol table')
/** What no paragraph holds, however deep. */
const NOT_IN_PARAGRAPH = words('div p ul ol table blockquote')

/**
 * Whether an element may not start here.
 * @param open the elements around it, outermost first
 */
export function isMisplaced(name: string, open: readonly string[]): boolean {
  const parent = open.at(-1)
  if (parent === undefined) return false
  const allowed = CHILDREN.get(parent)
  if (allowed !== undefined) return !allowed.has(name)
  if (PARTS.has(name)) return !(name === 'col' && parent === 'colgroup')
  if (PHRASES.has(name)) return open.includes(name)
  if (BLOCKS.has(name) && TEXTS.has(parent)) return true
  return NOT_IN_PARAGRAPH.has(name) && open.includes('p')
}

/** Whether text may not stand directly in the element. */
export const holdsNoText = (name: string | undefined): boolean => name !== undefined && CHILDREN.has(name)

const ANYWHERE = words(
  'id class style title lang xml:lang xml:space dir xmlns accesskey tabindex width align valign char charoff abbr axis ' +
    'headers scope rowspan colspan span',
)
const OWN: Readonly<Record<string, ReadonlySet<string>>> = {
  a: words('href name hreflang rel rev type charset shape coords'),
  area: words('href nohref alt shape coords'),
  img: words('src alt longdesc height usemap ismap border'),
  map: words('name'),
  table: words('summary border frame rules cellspacing cellpadding'),
  td: words('nowrap'),
  q: words('cite'),
  blockquote: words('cite'),
  pre: words('space'),
}

/** Whether an element may have an attribute. */
export const isAttributeOf = (attribute: string, element: string): boolean =>
  ANYWHERE.has(attribute) || OWN[element]?.has(attribute) === true
