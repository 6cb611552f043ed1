/**
 * `Location.near` (https://hl7.org/fhir/R4/location.html#search): what lies within a distance of a point, along a great
 * circle of a sphere. The earth is flatter by 0.3 %, which is what a distance may be wrong by.
 */
import type { IndexRow } from './index-row.ts'
import { isObject } from './resource.ts'
import type { NearValue } from './search-condition.ts'
import { split, unescaped } from './search-text.ts'
import { canonical } from './ucum.ts'

/** The one parameter of type special that R4 defines for a resource. */
export const NEAR = 'http://hl7.org/fhir/SearchParameter/Location-near'

/** Metres from the centre of the earth, on average (IUGG). */
const RADIUS = 6_371_008.8

/** Kilometres that count as near when the sender does not say: R4 leaves it to the server. */
const NEAR_KILOMETRES = 25

export const RADIANS = Math.PI / 180

/** The row of a position; none for one that is not on the globe. */
export function positionRows(param: string, position: unknown): IndexRow[] {
  if (!isObject(position)) return []
  const { latitude, longitude } = position
  if (typeof latitude !== 'number' || typeof longitude !== 'number' || !isOnGlobe(latitude, longitude)) return []
  return [{ kind: 'number', param, low: latitude, high: longitude }]
}

const NEAR_FORM =
  'It takes latitude|longitude|distance|unit, such as 53.79|-1.55|10|km: degrees of WGS84 (-90 to 90, -180 to 180), and a ' +
  `UCUM code of a length; without a unit the distance is in km, without a distance ${NEAR_KILOMETRES} km are near.`

const DECIMAL = /^[+-]?\d{1,9}(?:\.\d{1,20})?$/

/** Reads the values between commas; words for the sender when one is no place. */
export function nearValues(parts: readonly string[]): readonly NearValue[] | string {
  const values: NearValue[] = []
  for (const part of parts) {
    const [north = '', east = '', distance = '', unit = '', ...rest] = split(part, '|').map(unescaped)
    const metres = distance === '' ? NEAR_KILOMETRES * 1000 : lengthOf(distance, unit || 'km')
    if (!DECIMAL.test(north) || !DECIMAL.test(east) || metres === undefined || rest.length > 0) return NEAR_FORM
    const [latitude, longitude] = [Number(north), Number(east)]
    if (!isOnGlobe(latitude, longitude)) return NEAR_FORM
    values.push({ latitude, longitude, angle: Math.min(metres / RADIUS, Math.PI) + HAIR })
  }
  return values
}

/** More than the rounding of a position in degrees, and less than a hundredth of a millimetre. */
const HAIR = 1e-12

/** Half of the chord's square, on the unit sphere: grows with the distance, exact for short ones (haversine). */
function haversine(latitude: number, longitude: number, from: NearValue): number {
  const north = Math.sin(((latitude - from.latitude) * RADIANS) / 2)
  const east = Math.sin(((longitude - from.longitude) * RADIANS) / 2)
  return north * north + Math.cos(latitude * RADIANS) * Math.cos(from.latitude * RADIANS) * east * east
}

/** The largest haversine of what is near. */
export const reach = ({ angle }: NearValue): number => Math.sin(Math.min(angle, Math.PI) / 2) ** 2

/** Whether a position is as near as a value asks. */
export const isNear = (from: NearValue, latitude: number, longitude: number): boolean =>
  haversine(latitude, longitude, from) <= reach(from)

function lengthOf(distance: string, unit: string): number | undefined {
  if (!DECIMAL.test(distance) || Number(distance) < 0) return undefined
  const length = canonical(Number(distance), unit)
  return length?.unit === 'm' ? length.value : undefined
}

const isOnGlobe = (latitude: number, longitude: number): boolean =>
  Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180
