# make demo: the page on http://127.0.0.1:7860 (PORT and HOST override)    make test: everything that is checked
# make bench: ratios against stated peers                                  make hub:  tests that need the Hugging Face Hub

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: demo test lint unit browser bench hub pictures looks clean

demo: .venv/runtime
	$(BIN)/python app.py

test: lint browser
	$(BIN)/python -m pytest -n 2 --dist loadfile --ignore tests/browser
	$(BIN)/python -m pytest tests/browser

lint: .venv/dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

unit: .venv/dev
	$(BIN)/python -m pytest tests/unit

bench: .venv/dev
	$(BIN)/python -m benchmarks

hub: .venv/dev
	$(BIN)/python -m pytest -m hub

# The README's pictures, from the page that make demo serves.
pictures: browser
	$(BIN)/python -m docs.pictures

# Every state of the page at every size and scheme, to be looked at, into the folder looks.
looks: browser
	$(BIN)/python -m docs.looks looks

# Debian's chromium, or Playwright's own where it can be downloaded.
browser: .venv/dev
	@$(BIN)/python -m tests.browser.chromium || (apt-get update -qq && apt-get install -y -qq chromium) \
		|| $(BIN)/python -m playwright install chromium
	@$(BIN)/python -m tests.browser.chromium

# Only torch itself is looked for in PyTorch's index: where that can't be reached, pip tries each package there in vain.
.venv/runtime: requirements.txt
	$(PYTHON) -m venv .venv
	grep -E '^(--|torch=)' requirements.txt > .venv/torch.txt
	grep -v '^--' requirements.txt > .venv/others.txt
	$(PIP) --no-deps -r .venv/torch.txt
	$(PIP) -r .venv/others.txt
	@touch $@

.venv/dev: .venv/runtime requirements-dev.txt
	$(PIP) -r requirements-dev.txt
	@touch $@

clean:
	rm -rf .venv
