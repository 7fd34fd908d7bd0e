# Each target installs its requirements into .venv, so a new machine needs only Python 3.11 or
# newer and make. The installation is repeated when pyproject.toml changes.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:

VENV := .venv
BIN := $(VENV)/bin
UV := $(shell command -v uv 2>/dev/null)
OLDEST := .venv-oldest

# Number of parallel test workers; conftest.py lists tests that must run in one worker.
WORKERS ?= 2
# Old releases use functions that newer ones deprecate; scikit-learn 1.6.0 has a duplicated check.
OLD := -W ignore::DeprecationWarning -o strict_parametrization_ids=false
# The journeys on JupyterLab, Notebook and Voila, and those that depend on the kernel.
OLDEST_BROWSER := tests/browser/test_main_journeys.py tests/browser/test_kernel_journeys.py
FAST := -m 'not (browser or cloud or crash or slow)' --hypothesis-profile=fast tests

# The first Python 3.11 or newer that can create a venv; or pass make PYTHON=/path/to/python.
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11 python; do \
	$$python -c 'import sys, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 \
	&& { command -v $$python; break; }; done)

# Whether Node is new enough for the tests of js/ (vite, eslint and happy-dom need 20.19).
NODE := $(shell node -e 'const [major, minor] = process.versions.node.split(".").map(Number); \
	process.exit(major > 20 || (major === 20 && minor >= 19) ? 0 : 1)' >/dev/null 2>&1 && echo found)

# uv is faster, but does not read the configuration of pip: if uv fails, try pip.
PIP_INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check
ifdef UV
INSTALL = $(UV) pip install --quiet --python $(BIN)/python $(1) \
	|| { echo 'uv could not install it: trying pip ...'; $(PIP_INSTALL) $(1); }
else
INSTALL = $(PIP_INSTALL) $(1)
endif

## demo:         train the Kepler classifiers, register, compare and load them (2 minutes)
.PHONY: demo
demo: $(VENV)/.ready-run
	$(BIN)/exo-nbregistry demo

## test:         run every test, the examples in docstrings, and the notebooks against their outputs
.PHONY: test
test: $(VENV)/.ready-test $(if $(NODE)$(filter true,$(CI)),js-test azurite,js-test-skipped)
	$(BIN)/python -m pytest -n $(WORKERS) --nbval --nbval-current-env tests $(wildcard notebooks)

## test-fast:    run the tests without those marked as browser, cloud, crash or slow
.PHONY: test-fast
test-fast: $(VENV)/.ready-test
	$(BIN)/python -m pytest -n $(WORKERS) $(FAST)

## test-oldest:  run the fast tests with the lowest versions that pyproject.toml allows
.PHONY: test-oldest
test-oldest: $(OLDEST)/.ready
	$(OLDEST)/bin/python -m pytest -n $(WORKERS) $(OLD) $(FAST)

## test-browser-oldest: run the main journeys in a browser with these lowest versions
.PHONY: test-browser-oldest
test-browser-oldest: $(OLDEST)/.ready
	$(OLDEST)/bin/python -m pytest $(OLD) $(OLDEST_BROWSER)

## mutation-test: change the code and count the changes that the tests detect (an hour or more)
.PHONY: mutation-test
mutation-test: $(VENV)/.ready-mutation
	$(BIN)/python -m scripts.mutation_test $(ARGS)

## js-test:      check style, format and types of js/, and run its unit tests (needs Node 20.19)
.PHONY: js-test js-test-skipped
js-test: export PATH := $(abspath $(BIN)):$(PATH)
js-test: $(VENV)/.ready-test
	@test -n '$(NODE)' || { echo 'js-test needs Node 20.19 or newer: install it.' >&2; exit 1; }
	cd js && jlpm install --immutable && jlpm check
js-test-skipped:
	@echo 'Skipped the tests of js/ and on Azurite: Node 20.19 or newer was not found.'

## azurite:      install the emulator of Azure Blob Storage for the tests (needs Node 20.19)
.PHONY: azurite
azurite: export PATH := $(abspath $(BIN)):$(PATH)
azurite: $(VENV)/.ready-test
	@test -n '$(NODE)' || { echo 'Azurite needs Node 20.19 or newer: install it.' >&2; exit 1; }
	cd tests/cloud/azurite && jlpm install --immutable

## lint:         check style, format, types and prose
.PHONY: lint
lint: $(VENV)/.ready-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python scripts/check_prose.py

## bench:        compare the registry with its lower bounds, and print one table
.PHONY: bench
bench: $(VENV)/.ready-test
	$(BIN)/python -m benchmarks $(ARGS)

## notebooks:    run the notebooks again and write their outputs
.PHONY: notebooks
notebooks: $(VENV)/.ready-test
	$(BIN)/python scripts/refresh_notebooks.py

## labextension: build the JupyterLab extension from js/ again (needs Node 20 or newer)
.PHONY: labextension
labextension: export PATH := $(abspath $(BIN)):$(PATH)
labextension: $(VENV)/.ready-dev
	cd js && jlpm install --immutable && jlpm build

## package-test: install the wheel, the sdist and the folder without Node (a few minutes)
.PHONY: package-test
package-test: $(VENV)/.ready-test $(if $(NODE)$(filter true,$(CI)),js-test,js-test-skipped)
	$(BIN)/python -m pytest -p no:cacheprovider tests/package_install.py

## binder-test:  build this repository like mybinder.org, without Docker (a few minutes)
.PHONY: binder-test
binder-test: $(VENV)/.made
	$(BIN)/python scripts/try_binder.py

## allow-lists:  generate the names that models of unknown signers may contain, for each scikit-learn
.PHONY: allow-lists
allow-lists: $(VENV)/.ready-test
	$(BIN)/python -m scripts.make_allow_list --all

## screenshots:  take pictures of each view in build/screenshots, and update those of the docs
.PHONY: screenshots
screenshots: $(VENV)/.ready-test
	$(BIN)/python -m scripts.take_screenshots $(ARGS)

## docs:         build the documentation in build/docs; warnings are errors, no network (30 seconds)
.PHONY: docs
docs: $(VENV)/.ready-docs
	$(BIN)/python -m sphinx -E -a -n -W --keep-going -q -b html docs build/docs
	$(BIN)/python -m scripts.documentation.check_site build/docs
	@echo 'Open build/docs/index.html'

## recording:    record the picture at the top of the README
.PHONY: recording
recording: $(VENV)/.ready-test
	$(BIN)/python -m scripts.record_panel

## clean:        remove the venv, the caches and the build results
.PHONY: clean
clean:
	rm -rf $(VENV) .venv-* build dist .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

## help:         show this list
.PHONY: help
help:
	@sed -n 's/^## /  make /p' Makefile

$(VENV)/.ready-test: EXTRA := [test]
$(VENV)/.ready-mutation: EXTRA := [mutation]
$(VENV)/.ready-dev: EXTRA := [dev]
$(VENV)/.ready-docs: EXTRA := [docs]
$(VENV)/.ready-run $(VENV)/.ready-test $(VENV)/.ready-mutation $(VENV)/.ready-dev $(VENV)/.ready-docs: pyproject.toml | $(VENV)/.made
	@echo "Installing exo-nbregistry$(EXTRA) into $(VENV), which takes a minute or two ..."
	@$(call INSTALL,--editable '.$(EXTRA)')
	@touch $@

# uv installs the lowest versions of the direct requirements, and the newest of all others.
$(OLDEST)/.ready: pyproject.toml
	@echo "Installing the lowest versions into $(OLDEST), which takes a minute or two ..."
	@rm -rf $(OLDEST)
	@$(PYTHON) -m venv $(OLDEST)
	@$(OLDEST)/bin/python -m pip install --quiet --disable-pip-version-check uv
	@$(OLDEST)/bin/uv pip install --quiet --python $(OLDEST)/bin/python \
		--resolution lowest-direct --editable '.[test]'
	@touch $@

# A venv without this file is incomplete and is created again.
$(VENV)/.made:
	@test -n '$(PYTHON)$(UV)' || { echo 'No Python 3.11 or newer with its venv module was found:' \
		'install one (on Debian and Ubuntu: apt-get install python3-venv),' \
		'or run make PYTHON=/path/to/python.' >&2; exit 1; }
	@rm -rf $(VENV)
	@$(if $(PYTHON),$(PYTHON) -m venv,$(UV) venv --quiet --seed --python 3.13) $(VENV)
	@touch $@
