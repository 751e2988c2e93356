# The worker: `docker compose up -d`, or `docker build -t fleetmark-worker .`
FROM node:22-bookworm-slim AS build
WORKDIR /fleetmark
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-audit --no-fund
COPY tsconfig.json ./
COPY scripts scripts
COPY src src
RUN npm run build && npm ci --omit=dev --no-audit --no-fund

FROM node:22-bookworm-slim
# tini hands signals on and collects orphans; the certificates are for a Temporal behind TLS; ssh reads ssh_config.
RUN apt-get update \
  && apt-get install -y --no-install-recommends ca-certificates openssh-client tini \
  && rm -rf /var/lib/apt/lists/*
ENV NODE_ENV=production
WORKDIR /fleetmark
COPY package.json LICENSE ./
COPY --from=build /fleetmark/node_modules node_modules
COPY --from=build /fleetmark/dist dist
USER node
ENTRYPOINT ["tini", "--"]
CMD ["node", "dist/worker.js"]
