import { writeFileSync } from 'node:fs'
import { asyncApiDocument } from './asyncapi-document.ts'

/** `npm run asyncapi`: writes the document of the shop's events. */
writeFileSync('docs/asyncapi.json', `${JSON.stringify(asyncApiDocument, undefined, 2)}\n`)
