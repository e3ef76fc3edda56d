# make demo: the page on http://127.0.0.1:7860 (PORT and HOST override)    make test: everything that is checked
# make bench: ratios against stated peers                                  make hub:  tests that need the Hugging Face Hub
# make soak: an hour of kills, aborts, idle pages and load, with figures (MINUTES=1: a tenth of it)
# make offline: a folder to install from where there is no internet         make lock: requirements.lock, written anew

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
LOCK_IS_FOR := import platform as p, sys; sys.exit((p.python_implementation(), sys.version_info[:2], sys.platform, \
	p.machine(), p.libc_ver()[0]) != ("CPython", (3, 11), "linux", "x86_64", "glibc"))

.PHONY: demo test lint unit browser nginx bench scale size hub soak pictures looks offline lock clean

demo: .venv/runtime
	$(BIN)/python app.py

test: lint browser nginx
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

# The vector engine as a real server, in a network of its own.
scale: .venv/dev
	$(BIN)/python -m pytest -m scale tests/scale

# Search and opening at size alone; a million vectors take 2.7 GB of memory.
size: .venv/dev
	$(BIN)/python -m benchmarks.at_size

hub: .venv/dev
	$(BIN)/python -m pytest -m hub

# Each part prints its figures; latency and memory of the load are drawn into docs/soak.svg.
soak: .venv/dev
	SOAK_MINUTES=$(or $(MINUTES),10) $(BIN)/python -m pytest -m soak -s tests/soak

# The README's pictures, from the page that make demo serves.
pictures: browser
	$(BIN)/python -m docs.pictures

# Every state of the page at every size and scheme, to be looked at, into the folder looks.
looks: browser
	$(BIN)/python -m docs.looks looks

# Wheels for a machine like this one that has no internet; at the end pip looks at the folder as that machine will.
offline: .venv/runtime
	rm -rf offline
	$(PIP) wheel --no-deps --wheel-dir offline -r .venv/torch.txt
	$(PIP) wheel --wheel-dir offline --find-links offline -r .venv/others.txt
	$(PIP) install --dry-run --ignore-installed --no-index --find-links offline -r requirements.txt
	sed "s/SYSTEM/$$($(BIN)/python -c 'import platform, sys; print("Python %d.%d on" % sys.version_info[:2], platform.system(), platform.machine())')/" docs/offline.txt > offline/README.txt
	@du -sh offline

# Debian's chromium, or Playwright's own where it can be downloaded.
browser: .venv/dev
	@$(BIN)/python -m tests.browser.chromium || (apt-get update -qq && apt-get install -y -qq chromium) \
		|| $(BIN)/python -m playwright install chromium
	@$(BIN)/python -m tests.browser.chromium

# Debian's, for the tests of many processes.
nginx: .venv/dev
	@$(BIN)/python -m tests.nginx || (apt-get update -qq && apt-get install -y -qq nginx)
	@$(BIN)/python -m tests.nginx

# What the lock is for, it is installed from, each file by its hash; elsewhere requirements.txt is.
# Only torch itself is looked for in PyTorch's index: where that can't be reached, pip tries each package there in vain.
.venv/runtime: requirements.txt requirements.lock
	$(PYTHON) -m venv .venv
	@if $(BIN)/python -c '$(LOCK_IS_FOR)'; then grep -h '^--extra' requirements.txt | cat - requirements.lock; else \
		echo "requirements.lock is for Linux x86_64 with Python 3.11: here requirements.txt is installed, without hashes." >&2; \
		cat requirements.txt; fi > .venv/wanted.txt
	grep -E '^(--|torch=)' .venv/wanted.txt > .venv/torch.txt
	grep -v '^--extra' .venv/wanted.txt > .venv/others.txt
	$(PIP) install --no-deps -r .venv/torch.txt
	$(PIP) install -r .venv/others.txt
	@touch $@

# What pip chooses here for requirements.txt, each file with its hash.
lock:
	$(PYTHON) -m venv .lock
	grep -E '^(--|torch=)' requirements.txt > .lock/torch.txt
	grep -v '^--' requirements.txt > .lock/others.txt
	.lock/bin/python -m pip --quiet download --no-deps --dest .lock/torch -r .lock/torch.txt
	.lock/bin/python -m pip --quiet install --dry-run --ignore-installed --find-links .lock/torch --report .lock/report.json -r .lock/others.txt
	.lock/bin/python -m docs.lock .lock/report.json
	rm -rf .lock

# What the runtime has is there already: nothing is looked for in PyTorch's index.
.venv/dev: .venv/runtime requirements-dev.txt requirements-mcp.txt requirements-scale.txt
	grep -hv '^-r' requirements-mcp.txt requirements-scale.txt requirements-dev.txt > .venv/tools.txt
	$(PIP) install -r .venv/tools.txt
	@touch $@

clean:
	rm -rf .venv
