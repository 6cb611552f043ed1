/** What the tables of homecare rules and medicines look like. */

const words = { type: 'string', minLength: 1 }
const list = (items: object, minItems = 0) => ({ type: 'array', items, minItems })

export const rulesSchema = {
  type: 'object',
  required: ['rules'],
  properties: {
    description: words,
    rules: list(
      {
        type: 'object',
        required: ['code', 'types', 'severity', 'reason', 'source'],
        oneOf: [{ required: ['checks'] }, { required: ['expression', 'at', 'words'] }],
        additionalProperties: false,
        properties: {
          code: { type: 'string', pattern: '^[a-z][a-z0-9-]*$' },
          types: list({ type: 'string', pattern: '^(\\*|order|[A-Z][A-Za-z]+)$' }, 1),
          severity: { enum: ['error', 'warning', 'information'] },
          checks: list(words, 1),
          expression: words,
          at: { type: 'string' },
          words,
          reason: words,
          source: words,
          national: {
            type: 'object',
            required: ['system', 'code'],
            additionalProperties: false,
            properties: { system: words, code: words, display: words },
          },
        },
      },
      1,
    ),
  },
  additionalProperties: false,
}

const recognised = {
  name: words,
  words: list({ type: 'string', pattern: '^[a-z0-9.%]+$' }, 1),
  codes: list({ type: 'string', pattern: '^\\d{6,18}$' }),
  unless: list(words),
  names: list({ type: 'string', pattern: '^[a-z0-9.%]+$' }),
}
const recognisable = (properties: object, required: readonly string[]) => ({
  type: 'object',
  required: ['name', 'words', ...required],
  additionalProperties: false,
  properties: { ...recognised, source: words, ...properties },
})
const factor = { type: 'number', exclusiveMinimum: 0 }
const above = { type: 'number', minimum: 1 }
const tolerance = {
  type: 'object',
  required: ['warnAbove', 'refuseAbove'],
  additionalProperties: false,
  properties: { warnAbove: above, refuseAbove: above },
}

const phrases = list({ type: 'string', pattern: '^[a-z0-9]+( [a-z0-9]+)*$' }, 1)
const routeWords = list({
  type: 'object',
  required: ['phrases', 'routes'],
  additionalProperties: false,
  properties: {
    phrases,
    routes: list(words, 1),
    unless: phrases,
    general: { const: true },
    uncertain: { const: true },
  },
})
const routes = {
  type: 'object',
  required: ['known', 'instructions', 'forms', 'sites'],
  additionalProperties: false,
  properties: {
    known: list({
      type: 'object',
      required: ['name', 'codes', 'phrases'],
      additionalProperties: false,
      properties: { name: words, codes: recognised.codes, phrases },
    }),
    instructions: routeWords,
    forms: routeWords,
    sites: routeWords,
  },
}

export const medicinesSchema = {
  type: 'object',
  required: [
    'weeklyMedicines',
    'intervalMedicines',
    'doseLimits',
    'controlledDrugs',
    'biologics',
    'byBrand',
    'routes',
    'deadlyRoutes',
    'controlledDrugRoutes',
    'quantityTolerance',
    'intervalTolerance',
    'doseTolerance',
    'homecarePrescriptionTypes',
  ],
  additionalProperties: false,
  properties: {
    description: words,
    weeklyMedicines: list(
      recognisable({ dosesPerWeek: { type: 'integer', minimum: 1, maximum: 6 } }, ['dosesPerWeek']),
    ),
    intervalMedicines: list(recognisable({ days: factor, loadingDays: factor }, ['days', 'source'])),
    doseLimits: list(
      recognisable(
        { unit: { enum: ['mg', 'unit'] }, perDose: factor, perDay: factor, perWeek: factor, refuseAbove: above },
        ['unit', 'source'],
      ),
    ),
    controlledDrugs: list(recognisable({ schedule: { enum: [1, 2, 3] } }, ['schedule'])),
    biologics: list(recognisable({}, ['source'])),
    byBrand: list(recognisable({}, ['source'])),
    routes,
    deadlyRoutes: list(recognisable({ routes: list(words, 1) }, ['routes', 'source'])),
    controlledDrugRoutes: {
      type: 'object',
      required: ['1', '2', '3'],
      additionalProperties: false,
      properties: { 1: words, 2: words, 3: words },
    },
    quantityTolerance: {
      type: 'object',
      required: ['refuseBelow', 'warnBelow', 'warnAbove', 'refuseAbove', 'spareUnits'],
      additionalProperties: false,
      properties: {
        refuseBelow: factor,
        warnBelow: factor,
        warnAbove: factor,
        refuseAbove: factor,
        spareUnits: { type: 'number', minimum: 0 },
      },
    },
    intervalTolerance: tolerance,
    doseTolerance: tolerance,
    homecarePrescriptionTypes: list({ type: 'string', pattern: '^\\d{4}$' }, 1),
  },
}
