# `make` alone says what there is. PORT, HOST, DATA_DIR and DATABASE_URL are honoured:
# `PORT=5001 DATA_DIR=/tmp/second make run` is a second desk beside the first.

PY := .venv/bin/python
FLASK := $(PY) -m flask --app wsgi
PIP := $(PY) -m pip install --quiet --disable-pip-version-check --no-input
RUNTIME := .venv/runtime.stamp
DEV := .venv/dev.stamp
BENCH := .venv-bench/stamp
TOOLS := .venv-tools/stamp
ADAPTERS := .venv-adapters/stamp
CREWAI := .venv-crewai/stamp
INTEROP := .venv-interop/stamp
PYBABEL := .venv/bin/pybabel

.DEFAULT_GOAL := help
.PHONY: help run demo test test-adapters test-interop conformance check lock lock-npm words screenshots kill eval bench rule

help: ## what can be called
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(RUNTIME) ## start the desk; Ctrl-C stops it
	@exec $(PY) -m webapp.serving

demo: $(RUNTIME) ## let an example agent get stuck and ask
	@exec $(FLASK) demo

# As many workers as cores: with one more, tests in a browser that allow a second for something miss it
# now and then. In the order of tests/conftest.py, because files with one long test would come last, alone.
test: $(DEV) ## run the tests; those in a browser need Chromium
	@$(PY) -m pytest -q -n logical --dist loadfile --no-loadscope-reorder

check: $(DEV) ## lint, types, imports, plain texts, and whether the migrations equal the models
	@$(PY) -m ruff check
	@$(PY) -m ruff format --check
	@$(PY) -m mypy
	@$(PY) -m mypy --config-file .ci/mypy.ini
	@$(PY) -m pytest -q tests/test_layout.py tests/test_setup_migrations.py tests/test_supply.py
	@$(PY) .ci/voice.py
	@$(PY) .ci/audit.py

# The requirements say what is wanted and why; the locks name every package that comes of it, for every
# platform and Python, by version and hash, and are what is installed.
lock: $(TOOLS) ## write the .lock files anew from the requirements
	@for name in requirements requirements-dev bench/requirements client/tests/requirements \
	  client/tests/requirements-crewai client/interop/requirements; do \
	  .venv-tools/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	    --no-annotate --custom-compile-command "make lock" \
	    $$(case $$name in requirements|client/*) ;; *) echo --constraint requirements.lock;; esac) \
	    $$(test -f $$name-without.txt && echo --override $$name-without.txt) \
	    $$name.txt --output-file $$name.lock || exit 2; \
	done

lock-npm: $(INTEROP) ## write client/interop/package-lock.json anew from package.json
	@cp client/interop/package.json .venv-interop/js/ && cd .venv-interop/js && \
	  PATH="$(CURDIR)/.venv-interop/bin:$$PATH" npm install --package-lock-only --omit-lockfile-registry-resolved \
	    --ignore-scripts --no-audit --no-fund && cp package-lock.json ../../client/interop/

words: $(RUNTIME) ## take new texts into the catalogues of other languages, and compile them
	@mkdir -p .cache
	@$(PYBABEL) -q extract -F pyproject.toml -k lazy_gettext -k plural:1,2 -w 100 \
	  --add-location=file --sort-by-file --project=Unstuck -o .cache/messages.pot .
	@$(PYBABEL) -q update -N --ignore-obsolete --ignore-pot-creation-date -w 100 \
	  -i .cache/messages.pot -d webapp/translations
	@$(PYBABEL) compile --statistics -d webapp/translations

screenshots: $(DEV) ## take a picture of each page
	@$(PY) tests/browser/gallery.py

test-adapters: $(RUNTIME) $(ADAPTERS) $(CREWAI) ## run each agent framework with its adapter, against a real server
	@.venv-adapters/bin/python -m pytest -q -c client/pyproject.toml client/tests

test-interop: $(RUNTIME) $(INTEROP) ## run generated clients, and what conformance runs
	@.venv-interop/bin/python -m pytest -q -c client/pyproject.toml client/interop

conformance: $(RUNTIME) $(INTEROP) ## run the public MCP conformance suite, and the MCP Inspector
	@.venv-interop/bin/python -m pytest -q -s -c client/pyproject.toml client/interop/test_mcp_conformance.py

kill: $(DEV) ## kill, stop and end its processes under load, 200 times; CYCLES=10 for fewer; MAIL=50 while it mails
	@$(if $(MAIL),CYCLES=$(MAIL) $(PY) -m pytest -q tests/outbound/test_outbound_killed_mail.py,PYTHONPATH=.:tests:tests/kill $(PY) tests/kill/kill_run.py --cycles $(or $(CYCLES),200))

rule: $(DEV) ## write a rule for an error message: paste it, press Ctrl-D; FILE=190-services keeps it
	@$(PY) .ci/new_rule.py

eval: $(DEV) ## measure how well stuck agents are told what to do
	@$(PY) bench/evaluate.py

bench: $(RUNTIME) $(BENCH) ## compare speeds and write docs/benchmarks.md; QUICK=1 only tries it
	@sh bench/programs.sh
	@.venv-bench/bin/python -m bench $(if $(QUICK),--quick)

.venv/bin/python:
	@python=""; \
	for name in python3 python3.13 python3.12 python3.11; do \
	  if command -v $$name >/dev/null && \
	     $$name -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then \
	    python=$$name; break; \
	  fi; \
	done; \
	if [ -z "$$python" ]; then \
	  echo "Python 3.11 or newer was not found: install it, then call make again." >&2; exit 2; \
	fi; \
	if ! $$python -c 'import ensurepip, venv' 2>/dev/null; then \
	  echo "$$python cannot make a virtual environment: install its venv package" \
	    "(on Debian: apt-get install python3-venv), then call make again." >&2; exit 2; \
	fi; \
	echo "Making the virtual environment .venv …" && $$python -m venv --clear .venv

$(RUNTIME): requirements.lock .venv/bin/python
	@echo "Installing what $< lists …"
	@$(PIP) --require-hashes --no-deps -r $< || { echo "Packages could not be installed: the reason stands above;" \
	  "check the connection to PyPI, then call make again." >&2; exit 2; }
	@touch $@

$(DEV): requirements-dev.lock requirements.lock .venv/bin/python
	@echo "Installing what $< lists …"
	@$(PIP) --require-hashes --no-deps -r $< || { echo "Packages could not be installed: the reason stands above;" \
	  "check the connection to PyPI, then call make again." >&2; exit 2; }
	@touch $@ $(RUNTIME)

# A second environment: what the desk is compared with has no place beside the desk.
$(BENCH): bench/requirements.lock .venv/bin/python
	@echo "Installing what $< lists …"
	@$(PY) -m venv .venv-bench
	@.venv-bench/bin/$(subst .venv/bin/,,$(PIP)) --require-hashes --no-deps -r $< || { echo "Packages could not be" \
	  "installed: the reason stands above; check the connection to PyPI, then call make again." \
	  >&2; exit 2; }
	@touch $@

# The agent frameworks bring several hundred megabytes, which the server needs nothing of.
$(ADAPTERS): client/tests/requirements.lock .venv/bin/python
	@echo "Installing what $< lists …"
	@$(PY) -m venv .venv-adapters
	@.venv-adapters/bin/$(subst .venv/bin/,,$(PIP)) --require-hashes --no-deps -r $< || { echo "Packages could not" \
	  "be installed: the reason stands above; check the connection to PyPI, then call make again." \
	  >&2; exit 2; }
	@touch $@

# CrewAI and the OpenAI Agents SDK need different versions of one package. Nothing is compiled ahead, since
# most of it is never loaded.
$(CREWAI): client/tests/requirements-crewai.lock .venv/bin/python
	@echo "Installing what $< lists …"
	@$(PY) -m venv .venv-crewai
	@.venv-crewai/bin/$(subst .venv/bin/,,$(PIP)) --no-compile --require-hashes --no-deps -r $< || { echo "Packages could" \
	  "not be installed: the reason stands above; check the connection to PyPI, then call make again." \
	  >&2; exit 2; }
	@touch $@

# Node.js comes as a Python package, so that whatever the machine has is left alone. npm checks each package
# by the hash in its lock, and runs no script of any of them.
$(INTEROP): client/interop/requirements.lock client/interop/package-lock.json .venv/bin/python
	@echo "Installing what $< and package-lock.json list …"
	@$(PY) -m venv .venv-interop
	@.venv-interop/bin/$(subst .venv/bin/,,$(PIP)) --require-hashes --no-deps -r $< || { echo "Packages could not" \
	  "be installed: the reason stands above; check the connection to PyPI, then call make again." \
	  >&2; exit 2; }
	@mkdir -p .venv-interop/js && cp client/interop/package.json client/interop/package-lock.json .venv-interop/js/
	@cd .venv-interop/js && PATH="$(CURDIR)/.venv-interop/bin:$$PATH" npm ci --ignore-scripts --no-audit --no-fund \
	  --loglevel=error || { echo "Packages could not be installed: the reason stands above; check the connection" \
	  "to the npm registry, then call make again." >&2; exit 2; }
	@touch $@

# What looks after the packages has no place among them.
$(TOOLS): requirements-tools.txt .venv/bin/python
	@echo "Installing what $< lists …"
	@$(PY) -m venv .venv-tools
	@.venv-tools/bin/$(subst .venv/bin/,,$(PIP)) -r $< || { echo "Packages could not be" \
	  "installed: the reason stands above; check the connection to PyPI, then call make again." \
	  >&2; exit 2; }
	@touch $@
