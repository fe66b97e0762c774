# For those who work on archiver itself. Users install with pipx, uv or pip: see README.md.
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: demo test test-slow lint docs clean

demo: $(READY)
	@$(BIN)/python -m tests.replica.demo

test: $(READY)
	$(BIN)/python -m pytest -n auto

test-slow: $(READY)
	-$(BIN)/python -m pip install --quiet --editable '.[fuzz]'
	$(BIN)/python -m pytest -m slow -n auto

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# The reference in docs/ is generated from the program itself: its help, its configuration, its events, its JSON Schemas.
docs: $(READY)
	$(BIN)/cog -r -I . docs/*.md

# One stamp for "the venv holds the package, its tools and a browser": a second call does nothing.
$(READY): pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	$(BIN)/archiver browser install
	touch $(READY)

clean:
	rm -rf $(VENV) .demo .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
