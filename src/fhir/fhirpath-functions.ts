/** FHIRPath's functions as JavaScript (https://hl7.org/fhirpath/N1, https://hl7.org/fhir/R4/fhirpath.html#functions). */
import { NotCompiled, required, type Syntax } from './fhirpath-syntax.ts'
import { BOOLEAN, type Compiler, INTEGER, negated, STRING } from './fhirpath-code.ts'
import {
  type Code,
  type Condition,
  conditionOf,
  existsCode,
  fits,
  isNumber,
  isPrimitive,
  keyed,
  quote,
  truthCode,
} from './fhirpath-values.ts'

type Call = (compiler: Compiler, of: Code, args: readonly Syntax[], focus: Code) => Code

/** @throws NotCompiled for a function, or a use of it, that is left to the evaluator */
export function functionCode(compiler: Compiler, name: string, of: Code, args: readonly Syntax[], focus: Code): Code {
  const call = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined
  if (call === undefined) throw new NotCompiled(name)
  if (of.wild !== undefined) throw new NotCompiled(`${name} of everything`)
  return call(compiler, of, args, focus)
}

const condition = (isTrue: string, isFalse: string, total = false): Code => ({
  javaScript: '',
  types: [BOOLEAN],
  condition: total ? { isTrue, isFalse, total } : { isTrue, isFalse },
})
const total = (isTrue: string): Code => condition(isTrue, `!${isTrue}`, true)
/** A call that answers true, false or undefined. */
const answer = (call: string): Code => condition(`${call} === true`, `${call} === false`)
const collection = (javaScript: string, { types }: Code): Code => ({ javaScript, types })
const text = (javaScript: string): Code => ({ javaScript, types: [STRING] })

/** A lambda that is true for the items that meet the criterion. */
const criterion = (compiler: Compiler, of: Code, syntax: Syntax): string =>
  compiler.lambda(of, (item) => conditionOf(compiler.compile(syntax, item)).isTrue)

function noArguments(name: string, args: readonly Syntax[]): void {
  if (args.length > 0) throw new NotCompiled(name)
}

/** A function of the receiver's JavaScript alone. */
const plain =
  (write: (javaScript: string, of: Code) => Code): Call =>
  (_compiler, of, args) => {
    noArguments('argument', args)
    return write(truthCode(of), of)
  }

/** A function of the receiver and one collection. */
const binary =
  (write: (a: string, b: string, of: Code, other: Code) => Code): Call =>
  (compiler, of, args, focus) => {
    const other = compiler.compile(required(args[0]), focus)
    if (args.length > 1) throw new NotCompiled('argument')
    return write(truthCode(of), truthCode(other), of, other)
  }

const isText = (code: Code): boolean =>
  code.types.every((type) => isPrimitive(type) && !isNumber(type) && !/boolean/i.test(type.type))

/** A function of strings; numbers and booleans would have to be converted first, which is the evaluator's. */
const onText =
  (call: Call): Call =>
  (compiler, of, args, focus) => {
    if (!isText(of)) throw new NotCompiled('text')
    return call(compiler, of, args, focus)
  }

function literalArgument(compiler: Compiler, syntax: Syntax | undefined, focus: Code): string | number | boolean {
  const { literal } = compiler.compile(required(syntax), focus)
  if (literal === undefined) throw new NotCompiled('argument')
  return literal
}

function pattern(compiler: Compiler, args: readonly Syntax[], focus: Code, flags: string): string {
  if (args.length === 0) throw new NotCompiled('pattern')
  const source = String(literalArgument(compiler, args[0], focus))
  try {
    return compiler.constant('P', String(new RegExp(source, flags)))
  } catch {
    throw new NotCompiled('pattern')
  }
}

const exists: Call = (compiler, of, args) =>
  args.length === 0 ? total(existsCode(of)) : total(ofEach(compiler, 'any', of, required(args[0]), ' || '))

/** A criterion asked of the items, part by part where they are a union. */
function ofEach(compiler: Compiler, kind: 'any' | 'every', of: Code, syntax: Syntax, and: ' && ' | ' || '): string {
  const test = criterion(compiler, of, syntax)
  return `(${(of.parts ?? [of]).map((part) => compiler.loop(kind, truthCode(part), test)).join(and)})`
}

const where: Call = (compiler, of, args) => {
  const test = criterion(compiler, of, required(args[0]))
  const js = truthCode(of)
  return { javaScript: compiler.loop('where', js, test), types: of.types, exists: compiler.loop('any', js, test) }
}

const select: Call = (compiler, of, args) => {
  let types: Code['types'] = []
  const body = compiler.lambda(of, (item) => {
    const found = compiler.compile(required(args[0]), item)
    types = found.types
    return truthCode(found)
  })
  return { javaScript: `map(${truthCode(of)}, ${body})`, types }
}

const iif: Call = (compiler, of, args, focus) => {
  // The criterion sees the receiver as $this; a receiver of several items is an error that is the evaluator's.
  const inner = of === focus ? focus : of
  const { isTrue } = conditionOf(compiler.compile(required(args[0]), inner))
  const yes = compiler.compile(required(args[1]), inner)
  const no: Code = args[2] ? compiler.compile(args[2], inner) : { javaScript: 'undefined', types: [] }
  const [a, b] = [yes.condition, no.condition]
  if (a !== undefined && (b !== undefined || no.types.length === 0)) {
    const other: Condition = b ?? { isTrue: 'false', isFalse: 'false' }
    return condition(`(${isTrue} ? ${a.isTrue} : ${other.isTrue})`, `(${isTrue} ? ${a.isFalse} : ${other.isFalse})`)
  }
  return { javaScript: `(${isTrue} ? ${truthCode(yes)} : ${truthCode(no)})`, types: [...yes.types, ...no.types] }
}

const typeName = (syntax: Syntax): string => (syntax.text ?? '').replace(/`/g, '').replace(/^(FHIR|System)\./, '')

const ofType: Call = (compiler, of, args) => {
  const wanted = typeName(required(args[0]))
  if (of.choice !== undefined) {
    const { of: holder, keys } = of.choice
    const unknown = keys.some((key) => fits({ type: key.type, path: key.path }, wanted) === undefined)
    const fitting = keys.filter((key) => fits({ type: key.type, path: key.path }, wanted))
    if (!unknown) {
      if (fitting.length === keys.length) return of
      return fitting.length === 0
        ? { javaScript: 'undefined', types: [], exists: 'false' }
        : keyed(compiler, holder, fitting)
    }
  }
  const verdicts = of.types.map((type) => fits(type, wanted))
  if (verdicts.every((verdict) => verdict === true)) return of
  if (verdicts.every((verdict) => verdict === false)) return { javaScript: 'undefined', types: [], exists: 'false' }
  if (verdicts.includes(false) || verdicts.includes(true)) throw new NotCompiled('type')
  return { javaScript: `ofResource(${of.javaScript}, ${quote(wanted)})`, types: [{ type: wanted, path: wanted }] }
}

const isType: Call = (compiler, of, args, focus) => {
  const wanted = typeName(required(args[0]))
  const verdicts = of.types.map((type) => fits(type, wanted))
  if (verdicts.length > 0 && verdicts.every((verdict) => verdict === undefined)) {
    return answer(`isResource(${of.javaScript}, ${quote(wanted)})`)
  }
  const narrowed = ofType(compiler, of, args, focus)
  const fitting = existsCode(narrowed)
  return condition(fitting, `(${existsCode(of)} && !${fitting})`)
}

const extension: Call = (compiler, of, args, focus) => {
  const url = literalArgument(compiler, args[0], focus)
  const extensions = compiler.member(of, 'extension')
  const test = `(x) => x?.url === ${quote(url)}`
  return {
    javaScript: compiler.loop('where', extensions.javaScript, test),
    types: [{ type: 'Extension', path: 'Extension' }],
    exists: compiler.loop('any', extensions.javaScript, test),
  }
}

const counted = (javaScript: string): Code => ({
  javaScript: `numeric(${javaScript})`,
  types: [INTEGER],
  number: javaScript,
  exists: 'true',
})

const FUNCTIONS: Readonly<Record<string, Call>> = {
  // existence
  exists,
  empty: plain((_, of) => condition(`!${existsCode(of)}`, existsCode(of), true)),
  not: (_compiler, of, args) => {
    noArguments('not', args)
    return { javaScript: '', types: [BOOLEAN], condition: negated(conditionOf(of)) }
  },
  all: (compiler, of, args) => total(ofEach(compiler, 'every', of, required(args[0]), ' && ')),
  allTrue: plain((js) => total(`every(${js}, (x) => x === true)`)),
  anyTrue: plain((js) => total(`any(${js}, (x) => x === true)`)),
  allFalse: plain((js) => total(`every(${js}, (x) => x === false)`)),
  anyFalse: plain((js) => total(`any(${js}, (x) => x === false)`)),
  count: plain((js) => counted(`count(${js})`)),
  distinct: plain((js, of) => collection(`distinct(${js})`, of)),
  isDistinct: plain((js) => total(`isDistinct(${js})`)),
  subsetOf: binary((a, b) => total(`subsetOf(${a}, ${b})`)),
  supersetOf: binary((a, b) => total(`subsetOf(${b}, ${a})`)),
  hasValue: plain((js, of) => (of.types.every(isPrimitive) ? total(`hasValue(${js})`) : total('(false)'))),
  // filtering and parts
  where,
  select,
  ofType,
  as: ofType,
  is: isType,
  extension,
  first: plain((js, of) => collection(`first(${js})`, of)),
  last: plain((js, of) => collection(`last(${js})`, of)),
  tail: plain((js, of) => collection(`slice(${js}, 1)`, of)),
  single: plain((js, of) => collection(`single(${js})`, of)),
  skip: (compiler, of, args, focus) => collection(`slice(${truthCode(of)}, ${whole(compiler, args, focus)})`, of),
  take: (compiler, of, args, focus) => collection(`slice(${truthCode(of)}, 0, ${whole(compiler, args, focus)})`, of),
  nth: (compiler, of, args, focus) => collection(`nth(${truthCode(of)}, ${whole(compiler, args, focus)})`, of),
  intersect: binary((a, b, of) => collection(`intersect(${a}, ${b})`, of)),
  exclude: binary((a, b, of) => collection(`exclude(${a}, ${b})`, of)),
  union: binary((a, b, of, other) => ({ javaScript: `union(${a}, ${b})`, types: [...of.types, ...other.types] })),
  combine: binary((a, b, of, other) => ({ javaScript: `combine(${a}, ${b})`, types: [...of.types, ...other.types] })),
  iif,
  trace: (_compiler, of) => of,
  children: (_compiler, of) => ({ javaScript: of.javaScript, types: [], wild: 'children' }),
  descendants: (_compiler, of) => ({ javaScript: of.javaScript, types: [], wild: 'descendants' }),
  resolve: plain((js) => ({ javaScript: `resolve(${js}, Z)`, types: [{ type: 'Resource', path: 'Resource' }] })),
  // strings
  startsWith: onText(binary((a, b) => answer(`startsWith(${a}, ${b})`))),
  endsWith: onText(binary((a, b) => answer(`endsWith(${a}, ${b})`))),
  contains: onText(binary((a, b) => answer(`containsText(${a}, ${b})`))),
  indexOf: onText(binary((a, b) => ({ javaScript: `indexOf(${a}, ${b})`, types: [INTEGER] }))),
  split: onText(binary((a, b) => text(`split(${a}, ${b})`))),
  length: onText(plain((js) => ({ javaScript: `textLength(${js})`, types: [INTEGER] }))),
  upper: onText(plain((js) => text(`upper(${js})`))),
  lower: onText(plain((js) => text(`lower(${js})`))),
  trim: onText(plain((js) => text(`trim(${js})`))),
  substring: onText((compiler, of, args, focus) => {
    const numbers = args.map((arg) => truthCode(compiler.compile(arg, focus)))
    return text(`substring(${[of.javaScript, ...numbers].join(', ')})`)
  }),
  replace: onText((compiler, of, args, focus) => {
    const [what, by] = [required(args[0]), required(args[1])].map((arg) => truthCode(compiler.compile(arg, focus)))
    return text(`replace(${of.javaScript}, ${what}, ${by})`)
  }),
  matches: onText((compiler, of, args, focus) => {
    if (args.length > 1) throw new NotCompiled('flags')
    return answer(`matches(${of.javaScript}, ${pattern(compiler, args, focus, 's')})`)
  }),
  replaceMatches: onText((compiler, of, args, focus) => {
    if (args.length > 2) throw new NotCompiled('flags')
    const by = truthCode(compiler.compile(required(args[1]), focus))
    return text(`replaceMatches(${of.javaScript}, ${pattern(compiler, args, focus, 'gs')}, ${by})`)
  }),
  toInteger: plain((js) => ({ javaScript: `toInteger(${js})`, types: [INTEGER] })),
  toDateTime: plain((js, of) => {
    if (!of.types.every(({ type }) => type === STRING.type)) throw new NotCompiled('toDateTime')
    return { javaScript: `toDateTime(${js})`, types: [{ type: 'System.DateTime', path: 'System.DateTime' }] }
  }),
  toString: plain((js, of) => {
    if (!of.types.every(isPrimitive)) throw new NotCompiled('toString')
    return text(`toText(${js})`)
  }),
}

function whole(compiler: Compiler, args: readonly Syntax[], focus: Code): number {
  const value = literalArgument(compiler, args[0], focus)
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0) throw new NotCompiled('index')
  return value
}
