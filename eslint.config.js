import regexp from 'eslint-plugin-regexp'
import tseslint from 'typescript-eslint'

/**
 * Who may import whom: each room of src/ with what it may import from outside itself, rooms and files beside them.
 * `http -> interactions -> {homecare, store} -> fhir`. Rooms that are not named here start the others.
 */
const ROOMS = {
  fhir: [],
  homecare: ['fhir/', 'caller.ts', 'server-table.ts'],
  store: ['fhir/', 'caller.ts'],
  identity: ['fhir/', 'store/', 'caller.ts', 'config.ts', 'context.ts', 'requests-out.ts'],
  signature: ['fhir/', 'homecare/', 'identity/'],
  interactions: [
    'fhir/',
    'homecare/',
    'store/',
    'signature/',
    'caller.ts',
    'context.ts',
    'server-table.ts',
    'validation.ts',
  ],
  http: ['fhir/', 'store/', 'interactions/', 'identity/', 'caller.ts', 'config.ts', 'context.ts', 'server-table.ts'],
  generator: [
    'demo/',
    'fhir/',
    'homecare/',
    'identity/',
    'interactions/',
    'http/',
    'exchanges/',
    'built-program.ts',
    'config.ts',
    'proofs.ts',
    'settings.ts',
    'server-table.ts',
    'validation.ts',
  ],
}

/**
 * Rooms without I/O, clock, chance or promises: of Node they know what only computes, and what loads a library at the
 * moment it is first needed.
 */
const PURE = ['fhir', 'homecare']

const rooms = Object.entries(ROOMS).map(([room, known]) => {
  const allowed = known.map((name) => name.replace('.', '\\.')).join('|')
  const patterns = [
    {
      regex: `^\\.\\./${allowed === '' ? '' : `(?!(?:${allowed}))`}`,
      message: `src/${room} knows ${known.join(', ') || 'no other room'}: a file knows the world below it, not the one above.`,
    },
  ]
  const message = `src/${room} is pure: no I/O.`
  if (PURE.includes(room)) patterns.push({ regex: '^(?:node:(?!util$|crypto$|module$)|undici$|pg$|fastify)', message })
  return { files: [`src/${room}/**`], rules: { 'no-restricted-imports': ['error', { patterns }] } }
})

const pure = {
  files: PURE.map((room) => `src/${room}/**`),
  rules: {
    'no-restricted-syntax': [
      'error',
      {
        selector:
          'CallExpression[callee.object.name="Date"][callee.property.name="now"], NewExpression[callee.name="Date"][arguments.length=0]',
        message: 'No clock here: the time is an argument.',
      },
      {
        selector: 'ImportDeclaration[source.value=/^fhirpath/][importKind!="type"]',
        message: 'fhirpath-library.ts loads it for whoever needs it first: loading it is a third of a start.',
      },
      {
        selector: 'CallExpression[callee.object.name="Math"][callee.property.name="random"]',
        message: 'No chance here.',
      },
      { selector: ':function[async=true], AwaitExpression', message: 'No promises here.' },
    ],
  },
}

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', '.tap/', 'data/', 'generated/', 'eslint.config.js'] },
  ...tseslint.configs.recommended,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // A promise nobody waits for is a write nobody knows to have failed.
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-explicit-any': 'error',
      // A leading underscore says: taken out of an object so that the rest can be used.
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // Definitions are compiled to functions from their own text, in one place (src/fhir/structure.ts).
      '@typescript-eslint/no-implied-eval': 'off',
      eqeqeq: 'error',
      'prefer-const': 'error',
    },
  },
  ...rooms,
  pure,
  {
    files: ['src/**'],
    plugins: { regexp },
    rules: {
      // A pattern that backtracks, or that begins anew at every character, lets one long text stop the service.
      'regexp/no-super-linear-backtracking': 'error',
      'regexp/no-super-linear-move': 'error',
    },
  },
  {
    files: ['test/**'],
    rules: {
      // tap's subtests are awaited by tap itself.
      '@typescript-eslint/no-floating-promises': 'off',
    },
  },
)
