# System packages beyond a Swift toolchain: GRDB links SQLite; the scripts read counts with Python.
SYSTEM_PACKAGES = libsqlite3-dev python3

.DEFAULT_GOAL := help
.PHONY: help setup build test check format

help: ## list these targets
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 20

setup: ## install the system packages that are missing (asks for root)
	@dpkg -s $(SYSTEM_PACKAGES) > /dev/null 2>&1 || { \
	  elevate=$$( [ "$$(id -u)" = 0 ] || echo sudo ); \
	  $$elevate apt-get update -q && $$elevate apt-get install -y -q $(SYSTEM_PACKAGES); }

build: setup ## build everything once, tests included (about 10 minutes the first time on 2 cores)
	swift build --build-tests

test: build ## run all tests; ends in a line of counts
	python3 Tests/support/run_tests.py

check: build ## check the format and run all tests
	swift format lint --strict --recursive Package.swift Sources Tests
	python3 Tests/support/run_tests.py

format: ## bring the sources into the house format
	swift format --in-place --recursive Package.swift Sources Tests
