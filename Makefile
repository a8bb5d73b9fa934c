# Thesis QA: `make run` serves the web chat, `make test` checks everything.

PYTHON ?= python3
# Compiled modules are kept: without them every start takes a second longer.
unexport PYTHONDONTWRITEBYTECODE
VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help run test lint unit browser eval fit soak fuzz audit sbom lock clean

help:
	@echo "make run    install, index documents/ and serve the web chat on http://127.0.0.1:7860"
	@echo "make test   lint, types and every test, those of the page in a headless browser too"
	@echo "make eval   ask the question sets and write how good the answers are into docs/developers/results.md"
	@echo "make fit    fit the numbers that the package comes with again, from the question sets"
	@echo "make soak   thirty visitors at once for two minutes"
	@echo "make fuzz   read altered files of every kind for ten minutes"
	@echo "make clean  remove the environment and the index; both can be made again"

OLD := Thesis QA needs Python 3.11 or newer; if you have one: make clean run PYTHON=python3.12
new_enough = { $(1) -c "import sys; sys.exit(sys.version_info < (3, 11))" || { echo "$(OLD)" >&2; exit 1; }; }

define install
	@test -x $(BIN)/python || { $(call new_enough,$(PYTHON)) && $(PYTHON) -m venv $(VENV); }
	@$(call new_enough,$(BIN)/python)
	@echo "Installing (minutes the first time, nothing after that) …"
	@$(BIN)/python scripts/install.py "$(1)"
endef

$(VENV)/.installed: pyproject.toml constraints.txt
	$(call install,.)
	@touch $@

$(VENV)/.installed-dev: pyproject.toml constraints.txt
	$(call install,.[dev])
	@touch $@ $(VENV)/.installed

# Exit code 3: a file could not be read, the others can be asked.
run: $(VENV)/.installed
	@$(BIN)/python -m thesis_qa.cli index || test $$? -eq 3
	@$(BIN)/python -m thesis_qa.cli serve

test: lint unit browser

lint: $(VENV)/.installed-dev
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .
	$(BIN)/python -m mypy

unit: $(VENV)/.installed-dev
	$(BIN)/python -m pytest -n 2 --dist loadfile

# In a process of its own: Playwright's loop and the asyncio tests don't mix.
browser: $(VENV)/.installed-dev
	$(BIN)/python -m pytest tests/browser --override-ini addopts= -ra

.PHONY: coverage
# Which lines the unit tests run; apart, because counting them takes a third longer.
coverage: $(VENV)/.installed-dev
	$(BIN)/python -m pytest -n 2 --dist loadfile --cov

eval: $(VENV)/.installed
	$(call install,.[benchmarks])
	$(BIN)/python benchmarks/results.py

# Each writes the data file of its part of the package, in the order of the pipeline: what is fitted
# later stands on what was fitted before.
fit: $(VENV)/.installed
	$(call install,.[benchmarks])
	@set -e; for part in language retrieval router on_theses support orders; do \
	  echo "$$part"; $(BIN)/python benchmarks/fit_$$part.py --write; \
	done

soak: $(VENV)/.installed
	$(BIN)/python benchmarks/soak.py

# Ten minutes; what it finds is kept for the tests.
fuzz: $(VENV)/.installed-dev
	$(BIN)/python scripts/fuzz.py

# Both need the network, and tools that nothing else does.
audit: $(VENV)/.installed
	$(BIN)/python -m uv tool run pip-audit --requirement requirements.txt --no-deps --disable-pip

sbom: $(VENV)/.installed
	$(BIN)/python -m uv tool run --from cyclonedx-bom cyclonedx-py environment $(BIN)/python \
	  --pyproject pyproject.toml --output-file sbom.json

# What the package needs, by hashes. Torch is there in the build that PyPI has, without what only
# CUDA needs: on Linux it is installed before, in the build that one wants (docs/container.md).
CUDA := cuda-bindings cuda-pathfinder cuda-toolkit triton $(addprefix nvidia-,cublas cuda-cupti \
  cuda-nvrtc cuda-runtime cudnn-cu13 cufft cufile curand cusolver cusparse cusparselt-cu13 \
  nccl-cu13 nvjitlink nvshmem-cu13 nvtx)
lock: $(VENV)/.installed
	$(BIN)/python -m uv pip compile pyproject.toml --universal --python-version 3.11 --quiet \
	  --constraint constraints.txt --generate-hashes --no-annotate \
	  --custom-compile-command "make lock" $(addprefix --no-emit-package ,$(CUDA)) \
	  --output-file requirements.txt

clean:
	rm -rf $(VENV) index/catalog.sqlite* index/chroma index/*.lock* index/reading.json index/uploads
