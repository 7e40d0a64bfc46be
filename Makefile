# Two commands: `make compose` and `make test`. GNU make 3.81 (macOS) is enough.
#   COMPOSE_ARGS="--key Am --bars 16"   what `make compose` composes
#   PYTHON=/path/to/python3             the interpreter that .venv is made with
#   PIP_ARGS="…"                        more arguments for pip install
#   PYTHONS="python3.11 python3.13"     the two that `make constraints` asks
#   PYTEST_ARGS="…"                     more arguments for pytest

SHELL := /bin/sh
BIN := .venv/bin
COMPOSE_ARGS ?= --key C --bars 32
PIP_ARGS ?=
PYTEST_ARGS ?= -n 2

# An environment from outside must not leak into .venv.
unexport PYTHONPATH
unexport PYTHONHOME

# Stamps: what they stand for is done again only when one of their prerequisites is newer.
MADE := .venv/.stamp-made
DEFAULT := .venv/.stamp-default
DEV := .venv/.stamp-dev
ALL := .venv/.stamp-all
FLUIDSYNTH := .venv/.stamp-fluidsynth
TRANSCRIBER := .venv/.stamp-transcriber

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help compose test lint types imports wheel-test pytest bench install install-dev install-all \
	fluidsynth readers constraints format docs clean

help: ## show this list
	@echo "make compose      set up, compose 32 bars in C into out/"
	@echo "make test         set up everything, run every check"
	@echo "make lint         ruff: rules and format"
	@echo "make types        mypy --strict"
	@echo "make imports      the layers (import-linter)"
	@echo "make pytest       the tests (PYTEST_ARGS='-k chord')"
	@echo "make wheel-test   build, install and run the wheel away from the repository"
	@echo "make format       let ruff put things in order"
	@echo "make bench        the benchmarks"
	@echo "make readers      install MuseScore, midi2ly and timidity, which tests ask if they are there"
	@echo "make docs         the reference of the Python API, in build/api"
	@echo "make constraints  pin constraints.txt anew"
	@echo "make install      .venv with what composing and evaluating need"
	@echo "make install-dev  the checking tools too, without torch"
	@echo "make install-all  the checking tools and the training libraries"
	@echo "make fluidsynth   try again to install FluidSynth's library"
	@echo "make clean        remove .venv, builds and caches (never out/)"

compose: $(DEFAULT) $(FLUIDSYNTH)
	$(BIN)/compose $(COMPOSE_ARGS) --out out/
	@echo "The files lie in $(CURDIR)/out:"
	@ls -1 out

# The order: quick checks first, pytest's verdict last.
test: $(ALL) $(FLUIDSYNTH) $(TRANSCRIBER)
	@$(MAKE) --no-print-directory lint
	@$(MAKE) --no-print-directory types
	@$(MAKE) --no-print-directory imports
	@$(MAKE) --no-print-directory wheel-test
	@$(MAKE) --no-print-directory pytest

install: $(DEFAULT) $(FLUIDSYNTH)

install-dev: $(DEV) $(FLUIDSYNTH) $(TRANSCRIBER)

install-all: $(ALL) $(FLUIDSYNTH) $(TRANSCRIBER)

$(MADE): scripts/make_venv.sh scripts/find_python.sh
	@sh scripts/make_venv.sh
	@touch $@

$(DEFAULT): $(MADE) pyproject.toml constraints.txt
	$(BIN)/python -m pip install --disable-pip-version-check $(PIP_ARGS) -c constraints.txt -e ".[evaluate,notation]"
	@touch $@

$(DEV): $(MADE) pyproject.toml constraints.txt
	$(BIN)/python -m pip install --disable-pip-version-check $(PIP_ARGS) -c constraints.txt -e ".[evaluate,dev]"
	@touch $(DEFAULT) $@

$(ALL): $(MADE) pyproject.toml constraints.txt
	$(BIN)/python -m pip install --disable-pip-version-check $(PIP_ARGS) -c constraints.txt -e ".[train,evaluate,dev]"
	@touch $(DEFAULT) $(DEV) $@

# The order-only prerequisite: pyfluidsynth must be there to ask whether it finds the library.
$(FLUIDSYNTH): | $(DEFAULT)
	@sh scripts/install_fluidsynth.sh
	@touch $@

fluidsynth: $(DEFAULT)
	@sh scripts/install_fluidsynth.sh
	@touch $(FLUIDSYNTH)

readers:
	@sh scripts/install_readers.sh

# No extra can bring it: it asks for TensorFlow, and only its network's file is used.
$(TRANSCRIBER): scripts/install_transcriber.sh | $(DEV)
	@PIP_ARGS="$(PIP_ARGS)" sh scripts/install_transcriber.sh
	@touch $@

lint: $(DEV)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(DEV)
	$(BIN)/mypy --strict composer

imports: $(DEV)
	$(BIN)/lint-imports --no-logo

wheel-test: $(DEV)
	$(BIN)/python scripts/wheel_test.py

pytest: $(DEV) $(TRANSCRIBER)
	$(BIN)/pytest $(PYTEST_ARGS)

format: $(DEV)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(DEFAULT) $(FLUIDSYNTH)
	$(BIN)/python benchmarks/run.py

docs: $(DEV)
	$(BIN)/python scripts/api_reference.py --out build/api

constraints: $(MADE)
	$(BIN)/python scripts/constraints.py $(PYTHONS)

clean:
	rm -rf .venv build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find composer tests scripts benchmarks examples -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true
