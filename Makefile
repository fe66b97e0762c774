# For those who work on archiver itself. Users install with pipx, uv or pip: see README.md.
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
LOWEST := .venv-lowest
# For programs that want other versions of libraries.
REPLAY := .venv-replay

# Of the benchmarks: real pages, the beginning of the peers' folders, quick or all sizes, and single parts.
PAGES ?= ../shared/pages
PEERS ?= .venv-bench
SIZES ?= quick
PARTS ?=
PEER_VENVS := page search wechat-export wechat-article-to-markdown

# The very versions of locks/.
LOCKED := .venv-locked
# Where `make dist` puts what it builds, and what it takes stock of.
DIST := dist
BILL := .venv-bill

.PHONY: demo pictures test test-slow test-lowest test-locked lock lint docs site dist bill release bench bench-peers clean

demo: $(READY)
	@$(BIN)/python -m tests.replica.demo

# Every screen of the reader from the demo's archive, in .demo/screens, and the READMEs' images in examples/.
pictures: $(READY)
	@$(BIN)/python -m tests.replica.screens

test: $(READY)
	$(BIN)/python -m pytest -n auto

test-slow: $(READY)
	-$(BIN)/python -m pip install --quiet --editable '.[fuzz]'
	$(BIN)/python -m pip install --quiet --editable '.[dist,docs,foreign]'
	test -x $(REPLAY)/bin/wayback || $(PYTHON) -m venv $(REPLAY)
	-$(REPLAY)/bin/python -m pip install --quiet pywb wacz
	PATH="$$PATH:$(CURDIR)/$(REPLAY)/bin" $(BIN)/python -m pytest -m slow -n auto

# The tests with the lowest versions that pyproject.toml allows.
test-lowest: $(LOWEST)/.ready
	$(LOWEST)/bin/python -m pytest -n auto

# The tests with the very versions that locks/dev.txt names, each file proved by its hash.
test-locked: $(LOCKED)/.ready
	$(LOCKED)/bin/python -m pytest -n auto

# What pyproject.toml asks for, in versions of today for every system and Python: for the image, and for those who work on
# archiver. Hashes, and no address of any index.
LOCK := $(BIN)/uv pip compile --quiet --universal --generate-hashes --upgrade --python-version 3.11 --no-emit-index-url \
  --no-header --no-annotate pyproject.toml
lock: $(READY)
	$(BIN)/python -m pip install --quiet uv
	$(LOCK) --extra dev --extra wacz --output-file locks/dev.txt
	$(LOCK) --constraint locks/dev.txt --output-file locks/run.txt

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# The reference in docs/ is generated from the program itself: its help, its configuration, its events, its JSON Schemas.
docs: $(READY)
	$(BIN)/cog -r -I . docs/*.md

# The documents as a site, in .site/; a link that leads nowhere is an error.
site: $(READY)
	$(BIN)/python -m pip install --quiet --editable '.[docs]'
	$(BIN)/mkdocs build --strict

# The wheel and the source archive, in dist/, built and looked at as an index would; with their bill of materials.
dist: $(READY)
	$(BIN)/python -m pip install --quiet --editable '.[dist]'
	rm -rf $(DIST)
	$(BIN)/python -m build --outdir $(DIST)
	$(BIN)/twine check --strict $(DIST)/*
	$(BIN)/check-wheel-contents $(DIST)/*.whl
	$(MAKE) bill

# What a user of the wheel in dist/ has, with the versions of locks/: names, licences, what needs what (CycloneDX).
bill:
	rm -rf $(BILL)
	$(PYTHON) -m venv --without-pip $(BILL)
	$(BIN)/python -m pip --python $(BILL) install --quiet --require-hashes --requirement locks/run.txt
	$(BIN)/python -m pip --python $(BILL) install --quiet --no-deps $(DIST)/*.whl
	$(BIN)/cyclonedx-py environment --pyproject pyproject.toml --output-reproducible --validate \
	  --output-file $(DIST)/$$(basename $(DIST)/*.whl -py3-none-any.whl).cdx.json $(BILL)

# Checks, builds, signs off the changelog, commits and tags; pushes and uploads nothing. VERSION=1.2.3
release: $(READY)
	$(BIN)/python scripts/release.py $(VERSION)

# One stamp for "the venv holds the package, its tools and a browser": a second call does nothing.
$(READY): pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --editable '.[dev,mcp,wacz]'
	$(BIN)/archiver browser install
	touch $(READY)

# Wheels only: a minimum that has to be compiled first is none.
$(LOWEST)/.ready: pyproject.toml
	rm -rf $(LOWEST)
	$(PYTHON) -m venv $(LOWEST)
	$(LOWEST)/bin/python -m pip install --quiet uv
	$(LOWEST)/bin/uv pip install --quiet --python $(LOWEST)/bin/python --resolution lowest-direct \
	  --only-binary :all: --editable '.[dev,mcp]'
	$(LOWEST)/bin/archiver browser install
	touch $(LOWEST)/.ready

# Forty minutes on a quiet machine; with SIZES=all hours. PARTS="sync search" runs these alone: python -m benchmarks --list.
# A peer that cannot be installed is named, and does not stop the rest.
bench: $(READY)
	-$(MAKE) --keep-going bench-peers
	BENCH_PEERS=$(abspath $(PEERS)) BENCH_PAGES=$(abspath $(PAGES)) $(BIN)/python -m benchmarks --sizes $(SIZES) $(PARTS)

# What the benchmarks compare archiver with, each in a folder of its own, in versions of benchmarks/requirements.
bench-peers: $(PEER_VENVS:%=$(PEERS)-%/.ready) $(PEERS)-node/.ready

$(PEERS)-%/.ready: benchmarks/requirements/%.txt
	rm -rf $(@D)
	$(PYTHON) -m venv $(@D)
	$(@D)/bin/python -m pip install --quiet $(if $(wildcard benchmarks/requirements/$*-needs.txt),--no-deps) --requirement $<
	$(if $(wildcard benchmarks/requirements/$*-needs.txt),\
	  $(@D)/bin/python -m pip install --quiet --requirement benchmarks/requirements/$*-needs.txt)
	touch $@

$(PEERS)-node/.ready: benchmarks/requirements/node.json
	rm -rf $(@D) && mkdir -p $(@D) && cp $< $(@D)/package.json
	cd $(@D) && npm install --silent --no-audit --no-fund --no-package-lock
	touch $@

$(LOCKED)/.ready: locks/dev.txt
	rm -rf $(LOCKED)
	$(PYTHON) -m venv $(LOCKED)
	$(LOCKED)/bin/python -m pip install --quiet --require-hashes --requirement locks/dev.txt
	$(LOCKED)/bin/python -m pip install --quiet --no-deps --editable .
	$(LOCKED)/bin/archiver browser install
	touch $(LOCKED)/.ready

clean:
	rm -rf $(VENV) $(LOWEST) $(LOCKED) $(BILL) $(REPLAY) $(PEERS)-* .bench .demo .site dist .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
