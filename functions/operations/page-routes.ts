import type { Routes } from '@stockroom/http/route'
import Type from 'typebox'

const text = Type.String()
const page = { 200: { description: 'The page.', schema: text, mediaTypes: ['text/html; charset=utf-8'] } }

/** A script or a style that a page loads. */
const fileOf = (example: string) => ({
  path: { file: { description: 'The name of the file.', schema: text, example } },
  responses: {
    200: {
      description: 'The file.',
      schema: text,
      mediaTypes: ['text/javascript; charset=utf-8', 'text/css; charset=utf-8'],
    },
  },
  errors: ['route-not-found' as const],
  isConditional: true,
})

/** The routes of pages for a browser, and of the document that one of them shows. */
export const pageRoutes = {
  getHome: {
    route: 'GET /',
    summary: 'Find the way',
    description: 'A page with links to what a browser can look at.',
    responses: page,
    isConditional: true,
  },
  getOpenapi: {
    route: 'GET /openapi.json',
    summary: 'Get this document',
    description: 'The OpenAPI 3.1 document of the shop, made from the schemas that validate its requests.',
    responses: {
      200: { description: 'The document.', schema: Type.Object({}, { additionalProperties: true }) },
    },
    isConditional: true,
  },
  getDocs: {
    route: 'GET /docs',
    summary: 'Read and try the API in a browser',
    description: 'A page that shows this document and sends requests. All that it needs comes from the shop.',
    responses: page,
    isConditional: true,
  },
  getDocsFile: {
    route: 'GET /docs/{file}',
    summary: 'Get a script or a style of the page',
    description: 'What the page at `/docs` loads.',
    ...fileOf('swagger-ui.css'),
  },
  getConsole: {
    route: 'GET /console',
    summary: 'Watch and run the shop in a browser',
    description:
      'A page that shows `/admin/overview` every second, sells a product out before one’s eyes, and does what an operator does. All that it needs comes from the shop.',
    responses: page,
    isConditional: true,
  },
  getConsoleFile: {
    route: 'GET /console/{file}',
    summary: 'Get a script or a style of the console',
    description: 'What the page at `/console` loads.',
    ...fileOf('console.css'),
  },
} satisfies Routes
