/**
 * Routes of administration, as a pharmacist's table names them: by their codes, by the words of instructions, by the
 * form of the product and by the place on the body.
 */
import { remember } from '../fhir/remember.ts'
import { spaced, tokensOf, withoutAsides } from './dose-tokens.ts'

/** A route, e.g. `subcutaneous`. */
export interface Route {
  readonly name: string
  /** Codes of SNOMED CT or dm+d. */
  readonly codes: readonly string[]
  /** Words by which a concept calls it. */
  readonly phrases: readonly string[]
}

/** Words and the routes they leave open. */
export interface RouteWords {
  readonly phrases: readonly string[]
  readonly routes: readonly string[]
  /** Words of the same product or place that say something else. */
  readonly unless?: readonly string[]
  /** Said of several routes ("inject"): looked at only where nothing says more. */
  readonly general?: boolean
  /** Another route is sometimes meant: it is warned of. */
  readonly uncertain?: boolean
}

export interface RoutesTable {
  readonly known: readonly Route[]
  /** Instructions to whoever gives or takes it. */
  readonly instructions: readonly RouteWords[]
  readonly forms: readonly RouteWords[]
  readonly sites: readonly RouteWords[]
}

export interface Routes {
  byCode(code: string): string | undefined
  /** Routes that a concept's words name; none where they name none. */
  named(text: string): readonly string[]
  /** Each thing that an instruction says of the route: any one of them may be what is meant. */
  instructed(text: string): readonly RouteWords[]
  /** The form of a product by its name in lower case; undefined where the name shows none, or several. */
  form(name: string): RouteWords | undefined
  site(text: string): RouteWords | undefined
}

/** @throws Error when a row names a route that is not known */
export function createRoutes(table: RoutesTable): Routes {
  const names = new Set(table.known.map(({ name }) => name))
  for (const { phrases, routes } of [...table.instructions, ...table.forms, ...table.sites]) {
    const unknown = routes.find((route) => !names.has(route))
    if (unknown !== undefined)
      throw new Error(`The row of "${phrases[0]}" names the route "${unknown}", which is none.`)
  }
  const codes = new Map(table.known.flatMap(({ name, codes }) => codes.map((code) => [code, name] as const)))
  const instructed = (text: string): readonly RouteWords[] => {
    const said = holding(table.instructions, spaced(withoutAsides(tokensOf(text))))
    const firm = said.filter(({ general }) => general !== true)
    return firm.length > 0 ? firm : said
  }
  return {
    byCode: (code) => codes.get(code),
    named: remember(500, (text) => {
      const words = spaced(tokensOf(text))
      return table.known
        .filter(({ phrases }) => phrases.some((one) => words.includes(` ${one} `)))
        .map(({ name }) => name)
    }),
    instructed: remember(1000, instructed),
    form: remember(2000, (name) => {
      const found = name.split(' | ').flatMap((one) => holding(table.forms, spaced(tokensOf(one))).slice(0, 1))
      const [first] = found
      return found.every((one) => one === first) ? first : undefined
    }),
    site: remember(500, (text) => holding(table.sites, spaced(tokensOf(text)))[0]),
  }
}

const holding = (rows: readonly RouteWords[], words: string): RouteWords[] =>
  rows.filter(
    ({ phrases, unless = [] }) =>
      phrases.some((one) => words.includes(` ${one} `)) && !unless.some((one) => words.includes(` ${one} `)),
  )
