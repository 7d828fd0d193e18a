# `make` alone prints what can be done here.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
PY := .venv/bin/python
LMS := .venv/bin/lms
STATIC := $(shell find lms/static/css lms/static/js lms/static/img -name '*.css' -o -name '*.js' -o -name '*.svg')
RUN_PACKAGES := python3-venv libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz0b libharfbuzz-subset0 fonts-sil-andika
TEST_PACKAGES := chromium gcc libc6-dev poppler-utils spin wrk

help: ## print this help
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | while IFS="$$(printf '\t')" read -r name what; do printf '  make %-12s %s\n' "$$name" "$$what"; done

.make/system-run: Makefile
	@mkdir -p .make && bin/system-packages $(RUN_PACKAGES) && touch $@

.make/system-test: .make/system-run
	@bin/system-packages $(TEST_PACKAGES) && touch $@

.make/python: requirements.lock pyproject.toml .make/system-run
	@[ -x $(PY) ] || python3 -m venv .venv
	@echo "Installation des paquets Python …"
	@.venv/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@.venv/bin/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

.make/python-dev: requirements-dev.lock .make/python
	@.venv/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

.make/assets: package-lock.json lms/core/assets.py $(STATIC) .make/python
	@[ -d node_modules/idb ] && [ node_modules/idb -nt package-lock.json ] || bin/node-packages
	@$(PY) -m lms.core.assets
	@touch $@

.make/messages: $(wildcard translations/*/LC_MESSAGES/messages.po) .make/python
	@for code in $(notdir $(wildcard translations/??)); do \
		.venv/bin/pybabel --quiet compile --use-fuzzy --directory translations --locale $$code; done
	@touch $@

setup: .make/python .make/assets .make/messages ## install everything that serving needs

setup-test: setup .make/python-dev .make/system-test

run: setup ## serve on http://127.0.0.1:8000 (PORT=… elsewhere), with the demo country on the first run
	@$(LMS) run

test: setup-test ## run every test: SQLite, PostgreSQL, Chromium
	@$(PY) -m tests.run

test-fast: setup-test ## the tests without browser and PostgreSQL
	@$(PY) -m pytest -q -m "not browser and not postgresql and not slow"

soak: setup-test ## the fault tests in their long form, at most 30 minutes (LMS_SEED=… repeats one)
	@LMS_SOAK=1 timeout 30m $(PY) -m pytest -q -n 2 tests/faults tests/offline/test_parcels.py tests/browser/test_outbox.py::test_a_browser_killed_at_the_tick_has_lost_nothing

check: setup-test ## lint, types, floors, content, catalogues
	@.venv/bin/ruff check .
	@.venv/bin/mypy
	@$(LMS) content check
	@$(PY) -m pytest -q tests/test_house.py tests/test_catalogues.py

model: .make/system-test ## search every state of the outbox protocol (docs/protocol/outbox.md) for a loss
	@bin/model

bench: setup-test ## measure (make bench NAME="page process"), writes bench/results.json
	@$(PY) -m bench $(NAME)

screenshots: setup-test ## take the pictures of docs/screenshots again
	@$(PY) -m tests.browser.screenshots

assets: ## copy fonts and npm packages into lms/static/vendor again
	@rm -f .make/assets && $(MAKE) --no-print-directory .make/assets

messages: .make/python ## collect the sentences of the code into the catalogues
	@$(PY) bin/messages

lock: ## write the lock files again from pyproject.toml and package.json
	@bin/lock && npm install --package-lock-only --ignore-scripts

.PHONY: help setup setup-test run test test-fast soak check model bench screenshots assets messages lock
