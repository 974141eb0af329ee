# Build: docker build -t headroom .
# Run:   docker run -p 8000:8000 -v headroom:/data -e JWT_SECRET="$(openssl rand -base64 48)" headroom

FROM node:22-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --loglevel=error
COPY . .
RUN node node_modules/@nestjs/cli/bin/nest.js build \
  && node node_modules/vite/bin/vite.js build web --logLevel warn \
  && npm prune --omit=dev --loglevel=error

FROM node:22-slim
# tini passes signals on and reaps; flock (util-linux) guards the data folder, prlimit and setpriv the tasks.
RUN apt-get update \
  && apt-get install -y --no-install-recommends tini util-linux \
  && rm -rf /var/lib/apt/lists/*
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8000 HEADROOM_DATA_DIR=/data
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/api/health/ready`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["tini", "--"]
CMD ["node", "dist/src/main.js"]
