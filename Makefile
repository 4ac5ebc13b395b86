# Everything from nothing but python3 >= 3.11. `make run` answers the question; `make test` proves the parts.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
BENCH := .venv-bench
COMPILE = $(BIN)/pip-compile --generate-hashes --allow-unsafe --strip-extras --no-header --no-annotate \
	--no-emit-index-url --no-emit-trusted-host --no-emit-find-links --quiet

.PHONY: run test check notebooks docs bench lock clean

run: $(READY)  ## Shah Deniz stops in January: what happens to Serbia?
	$(BIN)/energysim run shah_deniz_2025_announced shah_deniz_long --out results

test: $(READY)  ## the whole test suite
	$(BIN)/python -m pytest -n auto --dist loadfile

check: $(READY)  ## style, types, data and scenarios
	$(BIN)/ruff check .
	$(BIN)/ruff format --check energysim tests
	$(BIN)/mypy
	$(BIN)/energysim check

notebooks: $(READY)  ## execute every notebook in place of its reader
	$(BIN)/python notebooks/run.py

docs: $(READY)  ## write the generated chapters anew
	$(BIN)/python docs/generate.py

bench: $(BENCH)/.ready  ## measure energysim beside its peers (about 25 minutes, with nothing else running)
	$(BENCH)/bin/python -m benchmarks.measure
	$(BENCH)/bin/python -m benchmarks.report

lock: $(READY)  ## resolve versions and hashes anew (needs pip-tools)
	$(COMPILE) --extra dev -o requirements.lock pyproject.toml
	$(COMPILE) --extra dev --extra bench -o requirements-bench.lock pyproject.toml

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "energysim needs Python 3.11 or newer")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $(READY)

$(BENCH)/.ready: requirements-bench.lock pyproject.toml
	test -x $(BENCH)/bin/python || $(PYTHON) -m venv $(BENCH)
	$(BENCH)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-bench.lock
	$(BENCH)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $(BENCH)/.ready

clean:
	rm -rf $(VENV) $(BENCH) results dist
