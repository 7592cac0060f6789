# Built in one stage, run in another: no compiler, no pip cache, no root.
FROM python:3.11.14-slim-bookworm AS build
RUN python -m venv /app
# requirements-documents.lock: with what makes reports as DOCX and PDF, 98 MB more.
ARG LOCK=requirements.lock
COPY ${LOCK} /src/
RUN /app/bin/pip install --no-cache-dir --no-compile --require-hashes -r /src/${LOCK}
COPY . /src
RUN /app/bin/pip install --no-cache-dir --no-deps --no-build-isolation /src

FROM python:3.11.14-slim-bookworm
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin mingjian
COPY --from=build /app /app
# Volumes of the broker's files and of passwords begin as these: user 1000, of Kafka's image.
RUN mkdir -m 0700 /broker /access && chown 1000:1000 /broker /access
ENV PATH=/app/bin:$PATH PYTHONDONTWRITEBYTECODE=1 MINGJIAN_HOME=/tmp/mingjian
WORKDIR /tmp
USER 10001:10001
ENTRYPOINT ["mingjian"]
