# Each target is a thin call of the standard tool. PYTHON and PIP can be set: make setup PYTHON=python3.12
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP ?= $(BIN)/python -m pip
# PyTorch has other wheels for the CPU and for each platform; and what its CUDA build brings.
UNHASHED := torch triton cuda-bindings cuda-pathfinder cuda-toolkit $(addprefix nvidia-,cublas \
  cuda-cupti cuda-nvrtc cuda-runtime cudnn-cu13 cufft cufile curand cusolver cusparse cusparselt-cu13 nccl-cu13 \
  nvjitlink nvshmem-cu13 nvtx)

# No more workers than memory is there for: each may have PyTorch and a browser.
PYTEST := $(BIN)/pytest --numprocesses auto --maxprocesses 8 --dist worksteal
# The tests of a module of the mathematics have its name.
MATHEMATICS := $(wildcard $(subst __,_,$(patsubst logreg_docs/%.py,tests/test_%.py,$(wildcard logreg_docs/*.py))))

# What checks the JavaScript, in versions that change here alone. Without a network, npx would try for a minute.
NPX := npx --yes --prefer-offline --fetch-retries $(if $(CI),2,0) \
  --package typescript@7.0.2 --package eslint@10.15.0 --package @eslint/js@10.0.1

export NO_MKDOCS_2_WARNING = 1
# Hundreds of processes import the same modules.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: serve notebooks test test-deep quick site shown pdf release picture check style scripts browser bench setup lock clean

# What opens the notebooks; another Jupyter may be named where one runs already.
JUPYTER ?= $(CURDIR)/$(BIN)/jupyter lab

serve: setup  ## Serve the site on http://127.0.0.1:8000 and rebuild it on every change
	$(BIN)/mkdocs serve

notebooks: setup notebooks/README.md  ## Open the notebooks of the chapters and labs in JupyterLab, to be written into
	@echo "The notebooks are in the folder notebooks, with your answers; 'make notebooks' changes none of them. For new ones, rename it"
	cd notebooks && $(JUPYTER)

# The archive of the site, unpacked once: what a reader has written there stays.
notebooks/README.md:
	$(MAKE) site
	$(BIN)/python -m zipfile --extract site/downloads/logreg-docs.zip notebooks.part
	mv notebooks.part/logreg-docs notebooks
	rmdir notebooks.part

test: browser check  ## Run every test, the browser's included
	$(PYTEST)

test-deep: browser check  ## The same with ten times as many examples and with every page in the browser in every way
	$(PYTEST) --deep

quick: style  ## Style, types, import rules, and the tests and examples of the mathematics
	$(PYTEST) tests/test_bad_input.py $(MATHEMATICS) $(wildcard logreg_docs/*.py)

site: setup  ## Build the site into site/
	$(BIN)/mkdocs build

shown: export LOGREG_DOCS_SHOWN = tests/shown
shown: site  ## Write what every page shows into tests/shown/, where its changes can be reviewed

pdf: export LOGREG_DOCS_PAPER = true
pdf: browser site  ## Build the site with its chapters on paper, each and in one book, which is an EPUB, too, in site/paper/
	$(BIN)/python -m logreg_docs.publish.paper site \
	  --browser "$$(PYTHONPATH=tests $(BIN)/python -c 'from browser.chromium import chromium; print(chromium())')"

release: pdf  ## Write what a release keeps into dist/: the site as one zip file, the book as PDF and EPUB, the wheel
	rm -rf dist
	$(BIN)/python -m logreg_docs.publish.release write site dist

picture: browser site  ## Take the picture that README opens with, light and dark
	PYTHONPATH=tests $(BIN)/python tests/browser/picture.py site .github

style: setup
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

check: style scripts  ## Style, types, import rules, JavaScript, spelling, workflows
	$(BIN)/codespell
	$(BIN)/zizmor --offline --quiet .github

scripts:  ## Types and style of the JavaScript, where there is Node.js
	@if ! command -v npx >/dev/null; then echo "The JavaScript was not checked: that needs npx, which comes with Node.js"; \
	  elif ! $(NPX) --call true 2>/dev/null; then echo "The JavaScript was not checked: npx cannot fetch what checks it"; test -z "$$CI"; \
	  else $(NPX) --call 'tsc -p jsconfig.json && eslint --max-warnings 0 docs'; fi

browser: setup  ## Get Chromium where there is none, or say what to install
	@$(BIN)/python tests/browser/chromium.py

bench: export PYTHONPATH = tests
bench: setup  ## Measure solvers, builds, pages and tests (an hour in all), for the benchmarks page
	$(BIN)/python tests/benchmarks/solvers.py
	$(BIN)/python tests/benchmarks/build.py
	$(BIN)/python tests/benchmarks/explorables.py
	$(BIN)/python tests/benchmarks/weights.py
	@if command -v npx >/dev/null; then $(BIN)/python tests/benchmarks/lighthouse.py; \
	  else echo "Lighthouse was left out, and its table stays as it was: it needs npx, which comes with Node.js"; fi
	$(BIN)/python tests/benchmarks/mutation.py
	$(MAKE) shown

setup: $(VENV)/.ready  ## Make the virtual environment

# uv would install into the environment that is active, or that its own settings name.
$(VENV)/.ready: export VIRTUAL_ENV := $(CURDIR)/$(VENV)
$(VENV)/.ready: export UV_PYTHON := $(CURDIR)/$(BIN)/python
$(VENV)/.ready: pyproject.toml requirements.txt torch.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	  || { echo "logreg-docs needs Python 3.11 or newer; found: $$($(PYTHON) --version 2>&1). Install one, or name it: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) \
	  || { rm -rf $(VENV); echo "This Python cannot make virtual environments; on Debian and Ubuntu: apt-get install python3-venv"; exit 1; }
	@if [ "$$(uname -s)" = Linux ] && ! $(BIN)/python -c 'import torch' 2>/dev/null \
	  && [ -z "$$PIP_EXTRA_INDEX_URL$$PIP_INDEX_URL$$PIP_FIND_LINKS$$UV_TORCH_BACKEND" ] \
	  && ! $(PIP) config list 2>/dev/null | grep -q -e index-url -e find-links; then \
	    echo "PyTorch for Linux comes with CUDA: about 3 GB will be downloaded. Without a GPU, stop here (Ctrl-C) and run:"; \
	    echo "  pip install uv && make $(MAKECMDGOALS) PIP='uv pip' UV_TORCH_BACKEND=cpu"; fi
	$(PIP) install --no-deps --require-hashes --requirement requirements.txt
	$(PIP) install --no-build-isolation --constraint torch.txt --editable '.[dev]'
	@touch $@

lock:  ## Pin what pyproject.toml asks for, with hashes, in requirements.txt; UPGRADE=--upgrade takes newer versions
	@command -v uv >/dev/null || { echo "make lock needs uv: pip install uv"; exit 1; }
	uv pip compile pyproject.toml --extra dev --universal --generate-hashes --quiet --no-annotate --no-header \
	  --constraint torch.txt $(addprefix --no-emit-package ,$(UNHASHED)) --output-file requirements.txt $(UPGRADE)

clean:  ## Remove what was built and kept, but not the virtual environment
	rm -rf site dist .cache
