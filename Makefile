# The few commands that people need. `make ci` is what must hold before a merge.
PYTHON ?= .venv/bin/python

.PHONY: setup test lint format pages ci
setup:
	python3 -m venv .venv
	.venv/bin/pip install -e '.[test,lint]'
test:
	$(PYTHON) -m pytest
lint:
	$(PYTHON) -m ruff check
	$(PYTHON) -m ruff format --check
	$(PYTHON) -m mypy
	$(PYTHON) -c "from importlinter.cli import lint_imports_command; lint_imports_command()"
format:
	$(PYTHON) -m ruff check --fix
	$(PYTHON) -m ruff format
pages:
	$(PYTHON) -m pytest tests/test_rule_pages.py --update-pages
ci:
	.ci/run
