# The same steps as ./baton takes on one machine, so that every start of the script exercises them:
# packages by hash from requirements/base.txt, `npm ci` and `npm run build`, one native package for PDFs.

FROM node:24-trixie-slim AS front-end
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
COPY static/build.mjs static/build.mjs
COPY static/src static/src
RUN npm run --silent build

FROM python:3.13-slim-trixie AS packages
RUN python3 -m venv /opt/baton
COPY requirements/base.txt /tmp/base.txt
RUN /opt/baton/bin/python -m pip install --quiet --disable-pip-version-check --no-input --no-cache-dir --require-hashes -r /tmp/base.txt

FROM python:3.13-slim-trixie AS portal
# No version is pinned: a rebuilt image takes Debian's security fixes.
# hadolint ignore=DL3008
RUN apt-get update -q \
    && apt-get install -q -y --no-install-recommends libpangoft2-1.0-0 \
    && rm -rf /var/lib/apt/lists/*
RUN groupadd --system --gid 10001 baton \
    && useradd --system --uid 10001 --gid baton --no-create-home --shell /usr/sbin/nologin baton \
    && install -d -o baton -g baton /data
COPY --from=packages /opt/baton /opt/baton
WORKDIR /app
COPY . .
COPY --from=front-end /build/static/dist static/dist
ENV PATH=/opt/baton/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=portal.settings \
    BATON_ENV=production \
    BATON_BIND=0.0.0.0:8000 \
    BATON_DATA=/data \
    BATON_STATIC_ROOT=/app/collected \
    XDG_CACHE_HOME=/tmp
# Collecting needs the settings to load, not the servers: no address here leads anywhere.
RUN SECRET_KEY=only-for-this-step DATABASE_URL=postgres:///x DATABASE_OWNER_URL=postgres:///x DATABASE_SYS_URL=postgres:///x \
    REDIS_URL=redis:///0 CACHE_URL=redis:///0 python manage.py collectstatic --no-input
USER 10001:10001
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s --retries=3 CMD ["python", "deploy/healthcheck.py"]
CMD ["python", "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py"]

# The proxy as a user of its own: the official image would run it as root. Its program asks for a capability (low ports), without which
# the kernel refuses to start it at all; it needs none on 8080 and 8443.
FROM caddy:2.10-alpine AS proxy
RUN setcap -r /usr/bin/caddy \
    && addgroup -S -g 10002 proxy \
    && adduser -S -D -H -u 10002 -G proxy proxy \
    && chown -R proxy:proxy /data /config
COPY deploy/proxy/Caddyfile /etc/caddy/Caddyfile
USER 10002:10002
EXPOSE 8080 8443
HEALTHCHECK --interval=30s --timeout=5s --retries=3 CMD ["wget", "-q", "-O", "/dev/null", "http://127.0.0.1:8081/"]
