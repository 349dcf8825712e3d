# The list of targets is made from the comments behind them.
PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/installed
EXTRAS := verify,networks,data,book,test
PORT ?= 8000

.DEFAULT_GOAL := help
.PHONY: help book test test-site verify proofs proofs-audit bench lint serve clean

help:  ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# One environment for everything, made again only when what it is made from changes.
$(INSTALLED): pyproject.toml constraints.txt
	@command -v $(PYTHON) >/dev/null || { echo "adamlab needs Python 3.11 or newer: there is no $(PYTHON). Name yours: make PYTHON=..." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "adamlab needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version 2>&1). Name a newer one: make PYTHON=..." >&2; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[$(EXTRAS)]'
	@touch $@

book: $(INSTALLED)  ## build the book and print the page to open
	$(BIN)/python book/build.py

test: $(INSTALLED)  ## run the tests (those that need no peer library, built book or long install)
	OPENBLAS_NUM_THREADS=1 $(BIN)/python -m pytest -n 2 -m "not coq and not peers and not site and not slow"

verify: $(INSTALLED)  ## check the paper's claims and print their verdicts (some minutes)
	$(BIN)/adamlab verify

proofs: $(INSTALLED)  ## check the Coq proofs (without Coq: how to install it)
	@command -v coqc >/dev/null || { echo "Coq is not installed. Debian, Ubuntu: apt-get install --no-install-recommends coq; macOS: brew install coq; else https://coq.inria.fr/download. The proofs are checked with 8.16." >&2; exit 1; }
	$(BIN)/python proofs/generate.py --check
	cd proofs && coq_makefile -f _CoqProject -o CoqMakefile
	$(MAKE) --no-print-directory -C proofs -f CoqMakefile -j2

proofs-audit: proofs  ## check what the proofs rest on, and that they break with a wrong rule
	$(BIN)/python -m pytest -n 2 tests/test_proofs.py

test-site: book  ## build the book and test it in headless Chromium
	$(BIN)/python -m pytest -m site

bench: $(INSTALLED)  ## time adamlab against optax and torch (half an hour, on a quiet machine)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[$(EXTRAS),peers]'
	$(BIN)/python -m benchmarks.run

lint: $(INSTALLED)  ## check style, format and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

serve: book  ## build the book and show it at http://localhost:8000 (search needs a server)
	$(BIN)/python -m http.server --bind 127.0.0.1 --directory _build/html $(PORT)

clean:  ## remove what was built and cached; .venv stays
	rm -rf _build dist book/_static/mathjax .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find adamlab book tests -name __pycache__ -type d -prune -exec rm -rf {} +
