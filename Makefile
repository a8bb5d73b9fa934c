# Thesis QA: `make run` serves the web chat, `make test` checks everything.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help run test lint unit browser eval bench clean

help:
	@echo "make run    index documents/ and serve the web chat on http://127.0.0.1:7860"
	@echo "make test   lint, types, every test, the page in a headless browser"
	@echo "make eval   run the question sets and write docs/results.md's numbers"
	@echo "make clean  remove the environment and the index"

# uv installs in seconds what takes pip minutes; where it can't be had, pip does the work.
define install
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@if $(BIN)/python -m pip install --quiet --disable-pip-version-check "uv>=0.5"; then \
		UV_FIND_LINKS="$$PIP_FIND_LINKS" $(BIN)/python -m uv pip install --quiet \
			--python $(BIN)/python --constraint constraints.txt --editable $(1); \
	else \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check \
			--constraint constraints.txt --editable $(1); \
	fi
	@touch $@
endef

$(VENV)/.installed: pyproject.toml constraints.txt
	@echo "Installing into $(VENV) (a few minutes the first time) …"
	$(call install,.)

$(VENV)/.installed-dev: pyproject.toml constraints.txt
	@echo "Installing what the tests need into $(VENV) …"
	$(call install,".[dev]")
	@touch $(VENV)/.installed

# Exit code 3 means that a file could not be read; the others can still be asked.
run: $(VENV)/.installed
	@$(BIN)/thesis-qa index || test $$? -eq 3
	@$(BIN)/thesis-qa serve

test: lint unit browser

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

unit: $(VENV)/.installed-dev
	$(BIN)/pytest --cov --cov-report=term

# In a process of its own: Playwright's loop and the asyncio tests don't mix.
browser: $(VENV)/.installed-dev
	$(BIN)/pytest tests/browser --override-ini addopts= -ra

eval: $(VENV)/.installed-dev
	$(BIN)/python benchmarks/results.py

clean:
	rm -rf $(VENV) index/catalog.sqlite* index/chroma index/writer.lock
