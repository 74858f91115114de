# The service as an image: Node.js, the packages it needs at run time, and src/. There is no build step.
# Another base must have Node.js 24, npm and glibc (DuckDB has no build for musl): docker build --build-arg BASE=...
ARG BASE=node:24-bookworm-slim

FROM ${BASE} AS packages
WORKDIR /app
COPY package.json package-lock.json ./
# Only development packages are left out. Without the optional ones DuckDB would have no engine, so never --omit=optional.
# A private registry: --secret id=npmrc,src=$HOME/.npmrc; nothing of it stays in the image.
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc \
    npm ci --omit=dev --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error

FROM ${BASE}
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8000 DATA_DIR=/data UV_THREADPOOL_SIZE=16 \
    NODE_OPTIONS=--max-semi-space-size=8
WORKDIR /app
# A new volume takes the owner of the folder that it is mounted over.
RUN mkdir -p /data && chown 10001:10001 /data
COPY --from=packages /app/node_modules ./node_modules
COPY package.json LICENSE ./
COPY src ./src
USER 10001:10001
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
    CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "src/main.ts"]
