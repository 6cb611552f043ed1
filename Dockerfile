# Node 26 is the active LTS line; 24, the floor of `engines` in package.json, runs it as well.
FROM node:26-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY src ./src
COPY profiles ./profiles
COPY conformance ./conformance
COPY generated ./generated
RUN npm run build
# What runs needs no compiler and no test runner.
RUN npm ci --omit=dev --ignore-scripts

FROM node:26-slim
WORKDIR /app
COPY LICENSE ./
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY profiles ./profiles
COPY conformance ./conformance
COPY generated ./generated

# The database is the only thing that is written, and it must outlive the container.
RUN mkdir /data && chown node:node /data
VOLUME /data
ENV DATABASE_URL=sqlite:/data/exchange.db

# As it is, the image runs the sandbox. For anything else set AUTH=oauth (see "Who may come in" in the README), and
# NODE_ENV=production, with which the service refuses to start as a sandbox.
#
# AUTH=sandbox gives a token to anybody who asks, so the service refuses to start with it on any address that another
# machine can reach. HOST therefore stays 127.0.0.1, which inside a container is the container itself: publishing
# the port with -p does not reach it. Share the network of the machine instead:
#   docker build -t homecare-exchange .
#   docker run --network host -v exchange:/data homecare-exchange
ENV HOST=127.0.0.1 PORT=8080 AUTH=sandbox
EXPOSE 8080

USER node
HEALTHCHECK --interval=30s --timeout=5s --start-period=15s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]

# Directly, not through npm: the process itself receives SIGTERM and lets requests in flight finish.
CMD ["node", "dist/main.js"]
