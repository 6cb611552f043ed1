/** Entries of a Bundle by fullUrl. */

/**
 * A Map (of values that are never undefined) of URLs that were just parsed and are asked for a few times. A real one would
 * hash each of them first, which takes longer than all the rest; here the last characters say where to look, and texts
 * are compared.
 */
export class ByUrl<T> {
  readonly #urls: (string | undefined)[]
  readonly #values: (T | undefined)[]
  readonly #mask: number

  /** @param most how many URLs are set at most */
  constructor(most: number) {
    let places = 32
    while (places < most * 2) places *= 2
    this.#urls = new Array<string | undefined>(places)
    this.#values = new Array<T | undefined>(places)
    this.#mask = places - 1
  }

  get(url: string): T | undefined {
    return this.#values[this.#place(url)]
  }

  has(url: string): boolean {
    return this.get(url) !== undefined
  }

  set(url: string, value: T): void {
    const place = this.#place(url)
    this.#urls[place] = url
    this.#values[place] = value
  }

  /** Where the URL stands, or would. */
  #place(url: string): number {
    const end = url.length
    let place = (url.charCodeAt(end - 1) ^ (url.charCodeAt(end - 2) << 3) ^ (url.charCodeAt(end - 3) << 6)) & this.#mask
    for (;;) {
      const found = this.#urls[place]
      if (found === undefined || found === url) return place
      place = (place + 1) & this.#mask
    }
  }
}
