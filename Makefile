SHELL := /bin/bash
BIN := .venv/bin
READY := .venv/.ready
READY_TO_DEVELOP := .venv/.ready-to-develop
LOCK := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate --no-emit-index-url --no-emit-find-links pyproject.toml --extra build

.DEFAULT_GOAL := help
.PHONY: help demo test check docs bench lock

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-6s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(READY) ## survey the embedded sample cluster into build/demo
	@$(BIN)/kubesurvey demo build/demo

test: check ## set up, then ruff, mypy, import-linter and every test
	@.ci/prepare-browser
	@.ci/prepare-control-plane
	$(BIN)/pytest --numprocesses auto --dist loadfile

check: $(READY_TO_DEVELOP) ## everything but the tests: style, types, layers
	$(BIN)/ruff check .
	$(BIN)/mypy --strict
	$(BIN)/lint-imports

docs: $(READY_TO_DEVELOP) ## write the generated pages of docs/ from the declarations
	$(BIN)/python -m assessment.documentation

bench: $(READY_TO_DEVELOP) ## print speed and memory, beside reading and parsing the same bytes
	$(BIN)/python benchmarks/run.py

lock: $(READY_TO_DEVELOP) ## resolve the dependencies anew into the two lock files
	$(BIN)/$(LOCK) --upgrade --extra dev --output-file requirements-dev.lock
	$(BIN)/$(LOCK) --constraints requirements-dev.lock --output-file requirements.lock

$(READY): requirements.lock pyproject.toml .ci/install .ci/prepare-machine
	@.ci/install requirements.lock
	@touch $@

$(READY_TO_DEVELOP): requirements-dev.lock $(READY)
	@.ci/install requirements-dev.lock
	@touch $@
