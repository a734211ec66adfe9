# The gateway by itself: `docker build -t xendit-graphql . && docker run -p 4000:4000 xendit-graphql`.
#
# Built by buildah on a Debian with Node 24, since neither an engine nor the image `node` could be had, and run there as `node`: beside
# Debian and Node it takes 169 MB.
FROM node:24-slim AS build
WORKDIR /gateway
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN npm run generate
# What Prisma's client needs to be developed with counts as optional, and so do its engines that aren't used here.
RUN npm prune --omit=dev --omit=optional --omit=peer --ignore-scripts --no-audit --no-fund \
  && cd node_modules/@prisma/client/runtime \
  && rm -f query_compiler_fast_* *.cockroachdb.* *.mysql.* *.sqlite.* *.sqlserver.*

FROM node:24-slim
WORKDIR /gateway
ENV NODE_ENV=production HOST=0.0.0.0 DATA_DIR=/gateway/data
COPY --from=build /gateway/package.json ./
COPY --from=build /gateway/node_modules node_modules
COPY --from=build /gateway/schema schema
COPY --from=build /gateway/prisma prisma
COPY --from=build /gateway/web/dist web/dist
COPY --from=build /gateway/src src
RUN mkdir data && chown node:node data
USER node
VOLUME /gateway/data
EXPOSE 4000
# Whether it runs, not whether it is ready: a restart brings no database back.
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 4000}/health/live`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "src/main.ts"]
