import { writeFileSync } from 'node:fs'
import { apiDocument } from '../../functions/operations/api-document.ts'

/** `npm run openapi`: writes the document that the shop serves at /openapi.json. */
writeFileSync('docs/openapi.json', `${JSON.stringify(apiDocument, undefined, 2)}\n`)
