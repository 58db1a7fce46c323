# One image for every process: `serve`, `worker`, `migrate` and the rest of `cusp`.

FROM python:3.12-slim-bookworm AS build
# Another index for torch alone, such as PyTorch's own index of CPU builds, for a smaller image.
ARG TORCH_INDEX_URL=
# Extras of pyproject.toml; `s3` lets artifacts lie in an object store.
ARG EXTRAS=s3
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PATH=/opt/venv/bin:$PATH
RUN python -m venv /opt/venv
WORKDIR /srv/cusp
# Dependencies alone, so that a change of the code does not install them again.
COPY pyproject.toml ./
RUN python -c "import sys, tomllib; \
        project = tomllib.load(open('pyproject.toml', 'rb'))['project']; \
        extras = [part for name in sys.argv[1:] for part in project['optional-dependencies'][name]]; \
        print(*project['dependencies'], *extras, sep='\n')" ${EXTRAS} > /tmp/requirements.txt \
    && pip install ${TORCH_INDEX_URL:+--index-url "$TORCH_INDEX_URL"} "$(grep '^torch==' /tmp/requirements.txt)" \
    && pip install --requirement /tmp/requirements.txt
COPY README.md ./
COPY app app
COPY models models
RUN pip install --no-deps --editable . && python -m compileall -q app models

FROM python:3.12-slim-bookworm
RUN useradd --system --uid 10001 --user-group --home-dir /data cusp \
    && install --directory --owner cusp --group cusp /data /data/passing
# Uploads pass through TMPDIR: on the volume, because /tmp may be in memory.
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    TMPDIR=/data/passing \
    CUSP_DATA=/data \
    CUSP_HOST=0.0.0.0
WORKDIR /srv/cusp
COPY --from=build /opt/venv /opt/venv
COPY --from=build /srv/cusp /srv/cusp
COPY templates templates
COPY static static
COPY migrations migrations
USER 10001:10001
VOLUME /data
EXPOSE 8000
ENTRYPOINT ["cusp"]
CMD ["serve"]
