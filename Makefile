# Every target makes its own environment first; only Python 3.11 to 3.13 has to be there.
#
#   make learn PYTHON=/path/to/python3.12        use that interpreter
#   make test LOCK=requirements/oldest.txt VENV=.venv-oldest        the oldest supported packages
#   make learn ARGS="--no-browser --port 9999"   options for JupyterLab

SHELL = /bin/sh
.DEFAULT_GOAL := help
.PHONY: help learn grade test build backends bench weights lint lock fuzz redteam clean environment

PYTHON =
VENV = .venv
LOCK = requirements/lock.txt
ARGS =
# How many tests run side by side.
JOBS = 2

# Benchmarks that measure, and those whose trained networks the course ships.
MEASURED = residual_networks transfer_learning car_detection segmentation
TRAINED = street_detector

BIN = $(VENV)/bin
WEEK = week1_convolutions
FIRST_NOTEBOOK = notebooks/$(WEEK)/convolution_from_scratch.ipynb

# nbgrader starts a bare `alembic` and a kernel a bare `python`: both must be the environment's.
export PATH := $(if $(filter /%,$(VENV)),,$(CURDIR)/)$(BIN):$(PATH)
unexport PYTHONPATH PYTHONHOME

help:  ## list the targets
	@echo "make TARGET, where TARGET is one of"
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  \1|\2/p' Makefile | awk -F'|' '{printf "%-9s %s\n", $$1, $$2}'

learn: environment  ## open week 1 in JupyterLab
	TF_CPP_MIN_LOG_LEVEL=2 $(BIN)/jupyter lab --ServerApp.root_dir="$(CURDIR)" \
	  --LabApp.news_url=None --LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate \
	  $$(test "$$(id -u)" != 0 || echo --allow-root) $(ARGS) $(FIRST_NOTEBOOK)

grade: environment  ## grade the sample class: scores, feedback and a gradebook in grading/
	$(BIN)/autograder sample-class $(WEEK) grading/sample_class
	$(BIN)/autograder grade $(WEEK) grading/sample_class --output grading

build: environment  ## build solutions/*.ipynb, notebooks/ and the README's figures from solutions/*.py
	$(BIN)/autograder build
	$(BIN)/autograder pictures
	$(BIN)/autograder syllabus --write

backends: environment  ## run the Keras lessons on JAX and on PyTorch too, and record that they ran
	$(BIN)/python -m pip install --quiet --no-build-isolation -e ".[cpu,dev,backends]" -c "$(LOCK)"
	$(BIN)/autograder backends

bench: environment  ## measure again what the lessons' numbers come from (over an hour)
	for name in $(MEASURED); do $(BIN)/python benchmarks/$$name.py || exit 1; done

weights: environment  ## train again the networks that ship with the course (half an hour)
	for name in $(TRAINED); do $(BIN)/python benchmarks/$$name.py || exit 1; done

# Each part runs even when one before it failed, so that one run shows all there is to mend.
test: environment  ## lint, tests, and every solution notebook with few training steps
	@failed=; \
	echo "== lint"; \
	{ $(BIN)/ruff check . && $(BIN)/ruff format --check .; } || failed="$$failed lint"; \
	echo "== notebooks"; \
	COURSE_QUICK=1 $(BIN)/python -m pytest --nbval-lax --nbval-current-env \
	  --nbval-cell-timeout=300 --nbval-kernel-startup-timeout=120 \
	  -n $(JOBS) --dist loadfile solutions \
	  || failed="$$failed notebooks"; \
	echo "== tests"; \
	$(BIN)/python -m pytest tests -n $(JOBS) --dist loadgroup || failed="$$failed tests"; \
	if [ -n "$$failed" ]; then echo "make test: failed:$$failed"; exit 1; fi; \
	echo "make test: lint, notebooks and tests passed"

lint: environment  ## check style and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

fuzz: environment  ## throw random and mutated bytes at what reads strangers' data, for five minutes
	$(BIN)/python -m tests.fuzz.codec 150
	$(BIN)/python -m tests.fuzz.keras_codec 150

redteam: environment  ## renew docs/redteam.md: hostile hand-ins, ours beside stock nbgrader
	$(BIN)/python benchmarks/redteam.py

# --python-platform and --python-version: the files are the same wherever they are made.
COMPILE = $(BIN)/uv pip compile --quiet --upgrade --custom-compile-command "make lock" \
	--no-emit-index-url --no-emit-find-links --no-sources --python-version 3.11 \
	--extra cpu --extra dev pyproject.toml

# Only uv is needed, so an environment that no longer fits pyproject.toml will do.
lock:  ## renew requirements/lock.txt (newest) and requirements/oldest.txt
	@test -x $(BIN)/uv || $(MAKE) environment || test -x $(BIN)/uv
	$(COMPILE) --universal --output-file requirements/lock.txt
	$(COMPILE) --resolution lowest-direct --python-platform x86_64-manylinux_2_28 \
	  --output-file requirements/oldest.txt

clean:  ## remove the environment, gradings and caches
	test ! -e "$(VENV)/.made-by-the-course" || rm -rf "$(VENV)"
	rm -rf grading .pytest_cache .ruff_cache *.egg-info
	find . -type d \( -name __pycache__ -o -name .ipynb_checkpoints \) -prune -exec rm -rf {} +

# The script finds the right Python itself; this loop looks for any that can run the script.
environment:
	@for python in "$(PYTHON)" python3 python python3.13 python3.12 python3.11; do \
	  if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 7))' >/dev/null 2>&1; then \
	    exec "$$python" tools/setup_environment.py --venv "$(VENV)" --lock "$(LOCK)" --python "$(PYTHON)"; \
	  fi; \
	done; \
	echo "No Python on PATH. The course needs Python 3.11, 3.12 or 3.13: python.org/downloads" >&2; exit 1
