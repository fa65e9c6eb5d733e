# docker build -t hulumanage .
# docker run --rm -p 8000:8000 -v "$PWD:/etc/hulumanage:ro" --env-file env hulumanage
#
# The folder needs a hulumanage.yaml with `clients` or `api_keys`: without keys, the server refuses to listen on addresses that other
# machines reach. `env` has the values of its variables.
#
# The image holds the package that `npm run build` makes, and the dependencies of the lock file. The server runs in the folder
# that has the configuration, as an unprivileged user; its ledger and its compiled code are in /var/lib/hulumanage, and it writes
# nothing else.

FROM node:26.10.0-slim AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY . .
# The pinned Node is for checkouts: here, the image is the right one.
RUN npm run build && npm prune --omit=dev --ignore-scripts && rm -rf node_modules/node-*

FROM node:26.10.0-slim
COPY --from=build /build/dist /opt/hulumanage
COPY --from=build /build/node_modules /opt/hulumanage/node_modules
RUN ln -s /opt/hulumanage/bin/hulumanage.js /usr/local/bin/hulumanage \
  && mkdir -p /etc/hulumanage \
  && install -d -o node -g node -m 700 /var/lib/hulumanage
ENV NODE_ENV=production STATE_DIRECTORY=/var/lib/hulumanage NODE_COMPILE_CACHE=/var/lib/hulumanage/compiled
USER node
WORKDIR /etc/hulumanage
VOLUME /var/lib/hulumanage
EXPOSE 8000
ENTRYPOINT ["hulumanage"]
# In a container, localhost is the container alone.
CMD ["serve", "--host", "0.0.0.0"]
