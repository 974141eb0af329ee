# Build: docker build -t headroom:0.2.0 .
# Run:   echo "JWT_SECRET=$(openssl rand -base64 48)" >> .env   (once: with another one every login ends)
#        docker run -d --name headroom --restart unless-stopped --read-only -p 127.0.0.1:8000:8000 -v headroom:/data \
#          --env-file .env headroom:0.2.0
# `npm run check:image` replays these steps without Docker.

FROM node:26-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# A third of what is installed are source maps and types, which nobody reads at run time.
RUN npm ci --omit=dev --loglevel=error \
  && find node_modules -type f \( -name '*.map' -o -name '*.d.ts' -o -name '*.d.cts' -o -name '*.d.mts' \) -delete

FROM node:26-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --loglevel=error
COPY . .
RUN node node_modules/@nestjs/cli/bin/nest.js build \
  && node node_modules/vite/bin/vite.js build web --logLevel warn

FROM node:26-slim
# tini passes signals on and reaps; flock, prlimit and setpriv (util-linux) guard the data folder and the tasks.
# Versions are those of the base image's Debian: a pinned one is gone with its next fix.
# hadolint ignore=DL3008
RUN apt-get update \
  && apt-get install -y --no-install-recommends tini util-linux \
  && rm -rf /var/lib/apt/lists/* \
  && install -d -o node -g node /data
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8000 HEADROOM_DATA_DIR=/data
WORKDIR /app
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=build /app/package.json ./
COPY --from=build /app/dist ./dist
USER node
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/api/health/ready`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["tini", "--"]
CMD ["node", "dist/src/main.js"]
