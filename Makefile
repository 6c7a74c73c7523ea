# System packages beyond a Swift toolchain: GRDB links SQLite, QR codes come from libqrencode; the tests call curl and
# Python.
SYSTEM_PACKAGES = libsqlite3-dev libqrencode-dev curl python3
# What the proxy is measured with and compared with; Envoy and Caddy come as wheels.
BENCH_PACKAGES = nginx wrk openssl python3-venv
BENCH_TOOLS = .build/bench/venv

.DEFAULT_GOAL := help
.PHONY: help setup build demo test check format docs bench soak torture tools fuzz image

help: ## list these targets
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 20

setup: ## install the system packages that are missing (asks for root)
	@dpkg -s $(SYSTEM_PACKAGES) > /dev/null 2>&1 || { \
	  elevate=$$( [ "$$(id -u)" = 0 ] || echo sudo ); \
	  $$elevate apt-get update -q && $$elevate apt-get install -y -q $(SYSTEM_PACKAGES); }

build: setup ## build everything once, tests included (about 10 minutes the first time on 2 cores)
	swift build --build-tests

demo: setup ## link, charge and notify three shops against the sandbox; ONCE=1 stops after the report
	@echo "Building: about 8 minutes the first time on 2 cores, seconds later on."
	swift build --product enlace
	@exec "$$(swift build --show-bin-path)/enlace" demo $(if $(ONCE),--once)

test: build ## run all tests, a real browser's and others' clients included; ends in a line of counts
	sh Tests/support/test_environment.sh
	python3 Tests/support/run_tests.py

check: ## check the format, then build and run all tests
	swift format lint --strict --recursive Package.swift Sources Tests
	$(MAKE) test

format: ## bring the sources into the house format
	swift format --in-place --recursive Package.swift Sources Tests

docs: setup ## build the core's documentation into .build/docs; a link that leads nowhere fails it
	ENLACE_DOCS=1 swift package --allow-writing-to-directory .build/docs generate-documentation --target Gateway \
		--output-path .build/docs --warnings-as-errors --transform-for-static-hosting

bench: tools ## measure a release build: PART=proxy, delivery, rotation or parts, else all; writes .build/bench/report.md
	@test -x $(BENCH_TOOLS)/bin/pip || python3 -m venv $(BENCH_TOOLS)
	@$(BENCH_TOOLS)/bin/pip install -q --disable-pip-version-check -r Sources/Benchmarks/requirements.txt
	"$$(swift build -c release --show-bin-path)/GatewayBenchmarks" $(PART)

soak: tools ## load a release build at half of what it can do for SECONDS=3600, its upstream dying in the last third
	SECONDS=$(or $(SECONDS),3600) "$$(swift build -c release --show-bin-path)/GatewayBenchmarks" soak

torture: build ## kill, freeze and mislead a gateway under load for MINUTES=30 and show that nothing is lost
	python3 Tests/torture/torture.py "$$(swift build --show-bin-path)/enlace" \
		--seconds $$(( $(or $(MINUTES),30) * 60 )) --kills $$(( $(or $(MINUTES),30) * 20 ))

tools: setup
	@dpkg -s $(BENCH_PACKAGES) > /dev/null 2>&1 || { \
	  elevate=$$( [ "$$(id -u)" = 0 ] || echo sudo ); \
	  $$elevate apt-get update -q && $$elevate env RUNLEVEL=1 apt-get install -y -q $(BENCH_PACKAGES); }
	@mkdir -p .build/bench
	@echo "Building in release: about 15 minutes the first time on 2 cores."
	swift build -c release --product enlace
	swift build -c release --product GatewayBenchmarks

fuzz: build ## compare the fast lane's scanners with NIO's decoders on COUNT=100000000 strings (about an hour), from SEED=1, then search for SECONDS=600
	ENLACE_FUZZ_COUNT=$$(( $(or $(COUNT),100000000) / 2 )) ENLACE_FUZZ_SEED=$(or $(SEED),1) \
		swift test --skip-build --filter 'ProxyHTTPTests.*FuzzTests'
	sh Tests/fuzzing/fuzz.sh $(or $(SECONDS),600)

image: ## build the container image (needs podman or docker)
	$$(command -v podman || command -v docker) build --file deploy/Containerfile --tag enlace .
