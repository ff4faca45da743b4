# Everything a newcomer needs: `make demo` and `make test`. Only make and Python >= 3.11 must be there.
.DEFAULT_GOAL := help
.PHONY: help demo up down status test test-deep attack bench lint format lock contracts cases clean

VENV := .venv
READY := $(VENV)/.ready
PYTHON := $(VENV)/bin/python
SIGHTLINE := $(PYTHON) -m sightline
# Our own rules alone; nothing is sent anywhere.
SEMGREP_READY := $(VENV)/semgrep/.ready
SEMGREP = PATH=$(CURDIR)/$(VENV)/semgrep/bin:$$PATH semgrep scan --metrics=off --disable-version-check

# Several test files at a time, each process with a PostgreSQL and ports of its own. tests/conftest.py says which files are begun first.
AT_ONCE := --numprocesses auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder

# These kill programs and wait for others: in the deep suite, where they do so for long, one at a time.
WITH_PROCESSES := tests/scenarios tests/faults tests/sightline

# The environment is made again when the lock changes, and when the folder was copied or moved (its paths would lead to the old place).
ifneq ($(shell cat $(READY) 2>/dev/null),$(CURDIR))
.PHONY: $(READY)
endif

help: ## Say what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(READY) ## A whole year of a demo company, from KPI to payroll register
	@$(SIGHTLINE) demo

up: $(READY) ## Start everything, stay up and print the addresses
	@$(SIGHTLINE) up

down: $(READY) ## Stop what `make up` started
	@$(SIGHTLINE) down

status: $(READY) ## Say what runs where
	@$(SIGHTLINE) status

test: lint ## What CI runs: style, types, directions and the tests, in under ten minutes
	$(PYTHON) -m pytest $(AT_ONCE) -m "not deep"

test-deep: lint ## The tests and the full conformance, attack, fault and two-version suites
	$(PYTHON) -m pytest $(AT_ONCE) $(WITH_PROCESSES:%=--ignore=%)
	$(PYTHON) -m pytest $(WITH_PROCESSES)

attack: $(READY) ## Everybody at every door; ends with `cells N, leaks N`
	@$(PYTHON) -m tests.attack

bench: $(READY) ## Speed against a hand-written baseline, one JSON line per figure
	@$(SIGHTLINE) bench

lint: $(READY) $(SEMGREP_READY) ## Style, types, the directions between packages, and what a leak looks like in code
	$(PYTHON) -m ruff check .
	$(PYTHON) -m mypy
	$(VENV)/bin/lint-imports
	$(PYTHON) -m bandit --quiet --configfile pyproject.toml --recursive services migrations
	git ls-files -z | xargs -0 $(VENV)/bin/detect-secrets-hook --no-verify --baseline security/secrets.json
	$(SEMGREP) --test security/rules
	$(SEMGREP) --error --quiet --config security/rules services

format: $(READY) ## Sort imports and mend what ruff can mend
	$(PYTHON) -m ruff check --fix .

contracts: $(READY) ## Write openapi/ anew from the code
	$(SIGHTLINE) contracts

cases: $(READY) ## Replay the worked pay cases; ends with `cases N, wrong N`
	$(PYTHON) -m tests.cases

clean: $(READY) ## Stop everything and remove the data, the logs and the environment
	-$(SIGHTLINE) down
	$(SIGHTLINE) db reset --yes
	rm -rf .sightline $(VENV) build *.egg-info services/*.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis

# A development tool, installed only by those who change dependencies. The lock names no index: each machine uses its own.
lock: $(READY) ## Resolve pyproject.toml into requirements.lock and one lock per service image, with hashes
	$(PYTHON) -m pip install --quiet uv
	$(RESOLVE) --all-extras --output-file requirements.lock
	$(RESOLVE) --extra kpi-api --constraint requirements.lock --output-file deploy/kpi_api.lock
	$(RESOLVE) --extra scoring --constraint requirements.lock --output-file deploy/scoring.lock
	$(PYTHON) -m uv pip compile security/requirements.in $(LOCKED) --output-file security/requirements.lock

RESOLVE = $(PYTHON) -m uv pip compile pyproject.toml $(LOCKED)
LOCKED = --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header --no-annotate

$(READY): requirements.lock pyproject.toml
	@python="$$($(FIND_PYTHON))"; \
	if [ -z "$$python" ]; then \
		echo 'Sightline needs Python 3.11 or newer and found none on the PATH (looked for python3 and python3.11 to python3.14).' >&2; exit 1; fi; \
	if ! "$$python" -c 'import ensurepip, venv' 2>/dev/null; then \
		echo "$$python cannot make virtual environments. On Debian or Ubuntu: apt-get install python3-venv" >&2; exit 1; fi; \
	echo "Setting up $(VENV) with $$python. This takes about a minute, once."; \
	[ "$$(cat $(READY) 2>/dev/null)" = '$(CURDIR)' ] || "$$python" -m venv --clear $(VENV)
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@printf '%s\n' '$(CURDIR)' > $(READY)

# semgrep's libraries clash with the services', so it has an environment of its own.
$(SEMGREP_READY): security/requirements.lock $(READY)
	@$(PYTHON) -m venv --clear $(VENV)/semgrep
	@$(VENV)/semgrep/bin/pip install --quiet --disable-pip-version-check --require-hashes -r security/requirements.lock
	@touch $(SEMGREP_READY)

# The first interpreter on the PATH that is new enough.
FIND_PYTHON = for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then command -v "$$python"; break; fi; done
