# Efface: everything a newcomer types. CMake and ninja do the building; this file only names the ways in.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
MAKEFLAGS += --no-print-directory
.ONESHELL:

JOBS ?= $(shell nproc)
CONFIGURE = cmake -S . -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo --log-level=WARNING
export CTEST_OUTPUT_ON_FAILURE := 1

.PHONY: help demo run test test-long bench bench-pixels bench-gan tune-text tune-occlusions docs torch-full train-face train-generator sanitize tsan format-check clean setup setup-test programs everything

help: ## Show this help
	@echo "Efface, a DICOM node that makes studies safe to share. Start with: make demo"
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 24

demo: programs ## Install, build, run a node and send it bundled synthetic studies
	@.venv/bin/python scripts/demo.py

run: programs ## Run the node in the foreground (CONFIG=FILE, else embedded defaults in STATE=demo-out/state)
	@exec build/bin/effaced $(if $(CONFIG),--config $(CONFIG),--state $(or $(STATE),demo-out/state))

test: everything ## Every test that belongs into CI
	@ctest --test-dir build -j $$(($(JOBS) + 1)) -LE long  # One more: the peers of many wait most of the time.

test-long: torch-full everything ## The rest: 200 crash rounds, training, and whatever else takes long
	@ctest --test-dir build -j 1 -L 'long|training' --no-tests=error

bench: programs ## End-to-end rates beside the ideal and another gateway, as ratios; build/bench/node.json
	@tests/bench/run.sh

bench-pixels: ## What the finders of faces and text find and miss, and how long it takes; build/bench/pixels.json
	@scripts/setup.sh --bench-pixels
	$(CONFIGURE) -B build
	ninja -C build -j $(JOBS) --quiet programs efface-finders efface-head-views
	.venv/bin/python tests/bench/pixels/bench_pixels.py $(ARGS)

bench-gan: ## How near fills come to what was there, what they tell of a face, what they cost; build/bench/gan.json
	@scripts/setup.sh --bench-pixels
	$(CONFIGURE) -B build
	ninja -C build -j $(JOBS) --quiet programs efface-finders efface-bench-watermark
	.venv/bin/python tests/bench/gan/bench_gan.py $(ARGS)

tune-text: ## Recall against area masked in vain, on pictures that make bench-pixels does not score; see the program's head
	@scripts/setup.sh --bench-pixels
	$(CONFIGURE) -B build
	ninja -C build -j $(JOBS) --quiet efface-finders
	.venv/bin/python tests/bench/tuning/tune_text.py $(ARGS)

tune-occlusions: ## Recall, verdict and false alarms of the search for earlier occlusions, on pictures that are not scored
	@scripts/setup.sh --bench-pixels
	$(CONFIGURE) -B build
	ninja -C build -j $(JOBS) --quiet efface-finders
	.venv/bin/python tests/bench/tuning/tune_occlusions.py $(ARGS)

docs: setup ## Write anew what docs/ prints from the code: settings, commands, tables
	@$(CONFIGURE) -B build
	ninja -C build -j $(JOBS) settings_test cli_test docs_test
	export EFFACE_UPDATE_DOCS=1
	build/tests/settings_test --gtest_brief=1 --gtest_filter='SettingsReference.*'
	build/tests/cli_test --gtest_brief=1 --gtest_filter='CommandReference.*'
	build/tests/docs_test --gtest_brief=1 --gtest_filter='Docs.GeneratedPartsAreWhatTheCodeSays'

torch-full: ## What training/ needs of PyTorch, into .venv (2.1 GB; building and running never need it)
	@scripts/setup.sh --torch-full

train-face: torch-full ## Train the face network anew: data, training, evaluation, build/training/face/
	@.venv/bin/python -m training.face $(ARGS)

train-generator: torch-full ## Train a network of the generative fill: pictures, training, file, judgement, build/training/gan/
	@.venv/bin/python -m training.gan $(ARGS)

sanitize: setup ## Unit and refuse tests under AddressSanitizer and UBSan
	@$(CONFIGURE) -B build-asan -DEFFACE_SANITIZE=address,undefined
	for part in unit refuse; do
	    [ ! -d tests/$$part ] || ninja -C build-asan -j $(JOBS) tests/$$part/all
	done
	for part in unit refuse; do
	    [ ! -d tests/$$part ] || ctest --test-dir build-asan/tests/$$part -j $(JOBS) -LE long --no-tests=error
	done

tsan: setup ## Node tests under ThreadSanitizer
	@$(CONFIGURE) -B build-tsan -DEFFACE_SANITIZE=thread
	ninja -C build-tsan -j $(JOBS) tests/unit/node/all
	ctest --test-dir build-tsan/tests/unit/node -j $(JOBS) -LE long --no-tests=error

format-check: ## Every C++ file as .clang-format wants it
	@git ls-files '*.cpp' '*.h' | xargs clang-format --dry-run --Werror

clean: ## Remove what was built; .venv and the demo's state stay
	@rm -rf build build-asan build-tsan

setup:
	@scripts/setup.sh

setup-test:
	@scripts/setup.sh --test

programs: setup
	@$(CONFIGURE) -B build
	ninja -C build -j $(JOBS) --quiet programs

everything: setup-test
	@$(CONFIGURE) -B build
	ninja -C build -j $(JOBS)
