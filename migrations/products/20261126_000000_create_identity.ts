import { identityTable } from '../identity-table.ts'

export const { up, down } = identityTable('products')
