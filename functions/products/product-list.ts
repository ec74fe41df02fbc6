import { cursorOf, linkHeader, type PageRequest, pageQuery, readPlace } from '@stockroom/http/pagination'
import type { Parameters, Values } from '@stockroom/http/parameter'
import Type from 'typebox'

const sorts = ['newest', 'name', 'price'] as const
type Sort = (typeof sorts)[number]
const longestSearch = 255

/** Where a page of products begins: behind this one, which has the key in what the list is sorted by. */
export interface ProductPlace {
  key: string | number
  id: number
}

/** Which products to list, and in which order. */
export interface ProductListRequest extends PageRequest<ProductPlace> {
  search: string | undefined
  isInStock: boolean
  sort: Sort
}

/** What a list of products takes in its query. */
export const productListQuery = {
  search: {
    description:
      'Words of the name, or their beginnings, in any order; accents and case make no difference. Only products that have all of them are listed.',
    schema: Type.String({ minLength: 1, maxLength: longestSearch }),
    read: readSearch,
    message: `must have 1 to ${longestSearch} characters, none of control`,
  },
  inStock: {
    description: 'With `true`, products that are sold out are left out.',
    schema: Type.Enum(['true', 'false']),
    default: 'false',
  },
  sort: {
    description: 'The order: newest first, by name from A on, or the lowest price first.',
    schema: Type.Enum([...sorts]),
    default: 'newest',
  },
  limit: pageQuery.limit,
  cursor: cursorOf(readProductPlace),
} satisfies Parameters

/** The `Link` header to the page behind `place`; none where there is none. */
export function nextProductsHeader(
  { limit, search, inStock, sort }: Values<typeof productListQuery>,
  place: ProductPlace | undefined,
): Record<string, string> {
  if (place === undefined) return {}
  const query = {
    ...(search !== undefined && { search }),
    ...(inStock === 'true' && { inStock }),
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
function readSearch(text: string): string | undefined {
  return /^[^\p{Cc}\p{Cs}]{1,255}$/u.test(text) ? text : undefined
}

function readProductPlace(text: string, { sort = 'newest' }: { sort?: Sort }): ProductPlace | undefined {
  if (sort === 'newest') {
    const id = readPlace(text)
    return id === undefined ? undefined : { key: id, id }
  }
  const [, name, id, key = ''] = /^(name|price):([1-9]\d{0,15}):([^\p{Cc}\p{Cs}]{0,100})$/u.exec(text) ?? []
  if (name !== sort || (sort === 'price' && !/^\d{1,9}(\.\d{1,2})?$/.test(key))) return undefined
  return { key: sort === 'price' ? Number(key) : key, id: Number(id) }
}
