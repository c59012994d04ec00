# Built in one stage and run in another, so that what only the build needs (a Node.js from PyPI) is not in the image.
FROM python:3.12-slim AS build
WORKDIR /source
COPY pyproject.toml README.md LICENSE package.json package-lock.json .npmrc hatch_build.py ./
COPY web web
COPY tenon tenon
RUN python -m venv /opt/tenon && /opt/tenon/bin/pip install --no-cache-dir --disable-pip-version-check ".[pg]"

FROM python:3.12-slim
LABEL org.opencontainers.image.title="Tenon" org.opencontainers.image.licenses="Apache-2.0"
RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin tenon && install -d -o tenon -g tenon -m 0700 /data
COPY --from=build /opt/tenon /opt/tenon
ENV PATH=/opt/tenon/bin:$PATH PYTHONUNBUFFERED=1 TENON_HOME=/data TENON_HOST=0.0.0.0
USER tenon
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
  CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["tenon", "serve"]
