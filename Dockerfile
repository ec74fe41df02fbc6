FROM node:24.21.0-bookworm-slim AS node

# What npm reads, alone: as long as it stays the same, Docker reuses the installed packages.
FROM node AS manifests
WORKDIR /source
COPY . .
RUN mkdir /manifests \
  && cp --parents package.json package-lock.json .npmrc layers/*/package.json plugins/*/package.json /manifests

# With the development packages: the shop runs from its sources in serverless-offline, which is one of them.
# The project's own Node.js is left out, as the image has it.
FROM node AS packages
WORKDIR /shop
COPY --from=manifests /manifests ./
RUN npm ci && rm -r node_modules/.bin/node node_modules/node-linux-*

FROM node
WORKDIR /shop
ENV PATH=/shop/node_modules/.bin:$PATH \
    HTTP_HOST=0.0.0.0 \
    MALLOC_ARENA_MAX=2 \
    SLS_LOG_LEVEL=warning \
    STOCKROOM_DATA_DIR=/home/node/.stockroom
COPY --from=packages /shop ./
COPY . .
USER node
EXPOSE 3000 3001
# Whether the process answers: starting it again is no help while a database is away.
HEALTHCHECK --interval=5s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.HTTP_PORT || 3000}/health/live`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# What `npm start` executes, without npm between it and the signals.
CMD ["node", "--max-semi-space-size=32", "--heap-growing-percent=40", "node_modules/.bin/serverless", "offline", "start"]
