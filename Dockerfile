# One image for web, worker and migrate: `iom` is its entry point, the command says which.
#
# Base images are pinned by tag, not by digest: where this file was written no image could be pulled, so no digest
# could be looked up and no build of it was ever run. Add the digest on the first build and renew both together.

FROM python:3.13.16-slim-trixie AS packages
WORKDIR /build
COPY pyproject.toml requirements.lock deploy/not-in-the-image.txt ./
# uv first, from the lock by its hash; then what the service needs, at the lock's versions and by the lock's hashes.
RUN sed -n '/^uv==/,/[^\\]$/p' requirements.lock > uv.txt \
    && pip install --no-cache-dir --require-hashes -r uv.txt \
    && python -m venv --without-pip /opt/packages \
    && uv pip install --no-cache --compile-bytecode --python /opt/packages/bin/python \
        -r pyproject.toml --excludes not-in-the-image.txt --constraints requirements.lock

FROM python:3.13.16-slim-trixie
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin iom
COPY --from=packages /opt/packages /opt/packages
WORKDIR /opt/iom
COPY iom iom
COPY activities activities
COPY workflows workflows
COPY web web
ENV PATH=/opt/packages/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
RUN python -m compileall -q .
USER 10001:10001
EXPOSE 8000
ENTRYPOINT ["python", "-m", "iom"]
CMD ["--help"]
