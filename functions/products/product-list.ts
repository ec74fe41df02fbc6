import { decodeCursor, linkHeader, type PageRequest, readPage, requireNone } from '@stockroom/http/pagination'
import type { Parameter } from '@stockroom/http/parameter'
import type { InvalidMember } from '@stockroom/http/problem'
import Type from 'typebox'

const sorts = ['newest', 'name', 'price'] as const
const longestSearch = 255

/** Where a page of products begins: behind this one, which has the key in what the list is sorted by. */
export interface ProductPlace {
  key: string | number
  id: number
}

/** Which products a client wants to see, and in which order. */
export interface ProductListRequest extends PageRequest<ProductPlace> {
  search: string | undefined
  isInStock: boolean
  sort: (typeof sorts)[number]
}

/** What a list of products takes in its query beside `limit` and `cursor`. */
export const productListQuery: Record<'search' | 'inStock' | 'sort', Parameter> = {
  search: {
    description:
      'Words of the name, or their beginnings, in any order; accents and case make no difference. Only products that have all of them are listed.',
    schema: Type.String({ minLength: 1, maxLength: longestSearch }),
  },
  inStock: {
    description: 'With `true`, products that are sold out are left out.',
    schema: Type.Enum(['true', 'false'], { default: 'false' }),
  },
  sort: {
    description: 'The order: newest first, by name from A on, or the lowest price first.',
    schema: Type.Enum([...sorts], { default: 'newest' }),
  },
}

/**
 * Reads what a list of products is asked for.
 * @throws Problem `validation-failed` that names what is wrong
 */
export function productListRequest(query: Record<string, string | undefined>): ProductListRequest {
  const { search, inStock = 'false', sort: name = 'newest' } = query
  const errors: InvalidMember[] = []
  const sort = sorts.find((one) => one === name) ?? 'newest'
  const page = readPage(query, (text) => readPlace(sort, text), errors)
  if (search !== undefined && !isSearch(search))
    errors.push({ path: '/search', message: `must have 1 to ${longestSearch} characters, none of control` })
  if (inStock !== 'true' && inStock !== 'false')
    errors.push({ path: '/inStock', message: 'must be true or false' })
  if (sort !== name) errors.push({ path: '/sort', message: `must be one of ${sorts.join(', ')}` })
  requireNone(errors)
  return { ...page, search, isInStock: inStock === 'true', sort }
}

/** The `Link` header to the page behind `place`; none where there is none. */
export function nextProductsHeader(
  { limit, search, isInStock, sort }: ProductListRequest,
  place: ProductPlace | undefined,
): Record<string, string> {
  if (place === undefined) return {}
  const query = {
    ...(search !== undefined && { search }),
    ...(isInStock && { inStock: 'true' }),
    ...(sort !== 'newest' && { sort }),
    limit,
  }
  return linkHeader(
    '/products',
    query,
    sort === 'newest' ? `before:${place.id}` : `${sort}:${place.id}:${place.key}`,
  )
}

/** PostgreSQL takes neither U+0000 nor half a character. */
const isSearch = (text: string) => /^[^\p{Cc}\p{Cs}]{1,255}$/u.test(text)

function readPlace(sort: ProductListRequest['sort'], text: string): ProductPlace | undefined {
  if (sort === 'newest') {
    const id = decodeCursor(text)
    return id === undefined ? undefined : { key: id, id }
  }
  const [, name, id, key = ''] = /^(name|price):([1-9]\d{0,15}):([^\p{Cc}\p{Cs}]{0,100})$/u.exec(text) ?? []
  if (name !== sort || (sort === 'price' && !/^\d{1,9}(\.\d{1,2})?$/.test(key))) return undefined
  return { key: sort === 'price' ? Number(key) : key, id: Number(id) }
}
