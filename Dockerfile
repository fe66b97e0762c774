# archiver with its browser, git, and a font for Chinese: see "In a container" in docs/operating.md.
FROM python:3.13-slim-trixie AS build
WORKDIR /src
COPY . .
RUN python -m pip wheel --no-cache-dir --no-deps --wheel-dir /wheels .

FROM python:3.13-slim-trixie
# No versions: Debian keeps only the newest, so that a pinned Chromium could not be had after its next security update.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends chromium-headless-shell fonts-wqy-microhei git \
    && rm -rf /var/lib/apt/lists/*
COPY locks/run.txt /locks/
RUN python -m pip install --no-cache-dir --require-hashes --requirement /locks/run.txt
COPY --from=build /wheels /wheels
RUN python -m pip install --no-cache-dir --no-deps /wheels/*.whl
COPY docker/nightly.py /usr/local/bin/archiver-nightly
COPY docker/healthy.sh /usr/local/bin/archiver-healthy
# Not root, whom Chromium denies its sandbox. compose.yaml takes the owner of the notes instead.
RUN useradd --create-home --uid 1000 archiver && install --directory --owner archiver --group archiver /notes
USER 1000:1000
# Notes, configuration and archive. An archive in another place goes to where config.toml has it, seen from here.
VOLUME /notes
WORKDIR /notes
EXPOSE 8017
HEALTHCHECK --interval=10m --timeout=2m --start-period=2m CMD ["archiver-healthy"]
ENTRYPOINT ["archiver"]
CMD ["sync"]
