PYTHON ?= python3
UV ?= uv
BIN := .venv/bin
# Reports as DOCX and PDF need parts of their own; DOCUMENTS=0 leaves them out.
LOCKED := requirements$(if $(filter 0,$(DOCUMENTS)),,-documents).lock
# What a stamp says is installed; editing a lock file or pyproject.toml makes it stale.
RUNTIME := .venv/.$(if $(filter 0,$(DOCUMENTS)),runtime,documents)
DEV := .venv/.dev
AUDIT_BIN := .venv-audit/bin
AUDIT := .venv-audit/.installed

.DEFAULT_GOAL := help
.PHONY: help setup demo test lint audit bench faults sdk up secrets kafka lock clean
USERS := intake relay projector gateway api auditor desk operator

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-7s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(RUNTIME) ## create .venv with the command .venv/bin/mingjian (DOCUMENTS=0: without DOCX and PDF)

demo: setup ## load the sample year, print its figures, serve on 127.0.0.1:8000 (PORT=, SERVE=0, KAFKA=1)
	$(BIN)/mingjian demo $(if $(PORT),--port $(PORT)) $(if $(filter 0,$(SERVE)),--no-serve) \
		$(if $(filter 1,$(KAFKA)),--kafka)

# One more than the cores of a small machine: tests wait for brokers, servers and deadlines, too.
test: setup $(DEV) ## run all tests (ARGS="-k calendar")
	$(BIN)/pytest --numprocesses 3 --dist loadscope $(ARGS)

lint: setup $(DEV) ## ruff, mypy --strict, import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

audit: $(AUDIT) ## bandit, list of parts (CycloneDX, build/sbom.json), known flaws of the parts
	mkdir -p build
	$(AUDIT_BIN)/bandit --quiet --recursive --configfile pyproject.toml .
	$(AUDIT_BIN)/cyclonedx-py requirements --pyproject pyproject.toml --output-reproducible \
		--output-file build/sbom.json requirements-documents.lock
	$(AUDIT_BIN)/python -m tests.advisories requirements-documents.lock

bench: setup $(DEV) ## measure against others; writes build/bench.json (ARGS=--quick)
	$(BIN)/python -m tests.bench $(ARGS)

faults: setup $(DEV) ## kill, cut and stall everything, then judge (KILLS=500, SEED=…, FAULTS="F1 F13")
	KILLS=$(KILLS) SEED=$(SEED) $(BIN)/python -m tests.faults $(FAULTS)

sdk: setup $(DEV) ## have the CloudEvents SDKs of Java, JavaScript, Python and Go write events, then take them
	$(BIN)/python -m tests.sdk.record $(CLIENTS)
	$(BIN)/pytest -q tests/sdk -o python_files='test_*.py live.py'

up: secrets ## PostgreSQL, Kafka, all services and the pages in Docker
	docker compose up --detach --wait

# The folder is its owner's alone; within a container another user must read what it is given.
secrets: ## make the passwords of the database that are not there yet, each in a file
	@mkdir -p -m 700 secrets
	@for user in administrator $(USERS:%=mingjian_%); do test -s secrets/$$user || \
		openssl rand -hex 24 > secrets/$$user; chmod 444 secrets/$$user; done

kafka: setup ## a local Apache Kafka, for machines without Docker (PORT=; SECURE=1 HOST=: with TLS and users)
	$(BIN)/python -m infra.kafka.local $(PORT) $(if $(filter 1,$(SECURE)),--secure) $(if $(HOST),--host $(HOST))

lock: ## pin every dependency again (needs uv)
	echo 'setuptools>=77' | $(LOCK) --extra dev --extra documents \
		--output-file requirements-dev.lock pyproject.toml -
	echo 'setuptools>=77' | $(LOCK) --constraint requirements-dev.lock --extra documents \
		--output-file requirements-documents.lock pyproject.toml -
	echo 'setuptools>=77' | $(LOCK) --constraint requirements-dev.lock \
		--output-file requirements.lock pyproject.toml -
	$(LOCK) --constraint requirements-dev.lock --group audit --output-file requirements-audit.lock

clean: ## remove what make and the demo created
	rm -rf .venv .venv-audit .mingjian .kafka build .mypy_cache .ruff_cache .pytest_cache .hypothesis \
		.import_linter_cache *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Without an index address, so that a mirror works as well as the public index.
LOCK = $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header --no-annotate

# Bytecode is written at the first import: compiling everything doubles the time of a fresh install.
PIP = $(BIN)/python -m pip --disable-pip-version-check install --quiet --no-compile --progress-bar off

$(RUNTIME): $(LOCKED) pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(PIP) --require-hashes --requirement $(LOCKED)
	$(PIP) --no-deps --no-build-isolation --editable .
	touch $@

# The lock is whole: what it leaves out (pyproject.toml, tool.uv) is not to be looked for.
$(DEV): requirements-dev.lock $(RUNTIME)
	$(PIP) --no-deps --require-hashes --requirement requirements-dev.lock
	touch $@

$(AUDIT): requirements-audit.lock
	test -x $(AUDIT_BIN)/python || $(PYTHON) -m venv .venv-audit
	$(AUDIT_BIN)/python -m pip --disable-pip-version-check install --quiet --no-compile --progress-bar off \
		--require-hashes --requirement requirements-audit.lock
	touch $@
