# Build: everything, then only what runs. The newest Node of those that CI runs (.ci/node-versions).
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY tsconfig.json tsconfig.build.json ./
COPY src ./src
RUN npm run build && npm prune --omit=dev && chmod +x dist/cli.js

FROM node:24-bookworm-slim
ENV NODE_ENV=production OPS_PORT=9090
WORKDIR /app
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY package.json LICENSE ./
COPY migrations ./migrations
# By its name: `docker compose exec hallpass hallpass check`.
RUN ln -s /app/dist/cli.js /usr/local/bin/hallpass
# Nothing is ever written: the container may run with a read-only root. Nobody, by number, so that Kubernetes can see
# that it is not root (runAsNonRoot).
USER 65534:65534
# 3000: /slack/events by HTTP; 9090: /healthz, /readyz, /metrics.
EXPOSE 3000 9090
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:'+process.env.OPS_PORT+'/healthz').then(r=>process.exit(r.ok?0:1),()=>process.exit(1))"]
ENTRYPOINT ["hallpass"]
CMD ["serve"]
