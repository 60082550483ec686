# Two commands do everything on a fresh machine: `make demo` and `make test`.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3

.PHONY: help
help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: setup
setup: ## Install what is missing into .tools/ (a second run takes a moment)
	@$(PYTHON) tools/setup.py

.PHONY: setup-tests
setup-tests: ## The same, and Dynoxide, which only tests use
	@$(PYTHON) tools/setup.py dynoxide

.PHONY: demo
demo: setup ## The main job: three environments, one release, promoted from dev to prod
	@PYTHONPATH=. .tools/envs/baton/bin/python -m pipeline.commands.demo

.PHONY: test
test: setup-tests lint test-fast test-real ## Everything that CI runs

# Terraform's processes are many and short: to collect garbage is a fifth of what they do
PYTEST = GOGC=400 PATH="$(CURDIR)/.tools/bin:$$PATH" .tools/envs/baton/bin/python -m pytest

# the service is what people copy: 95 % of its branches, by the fast tests alone
COVERED = --cov=desk --cov-branch --cov-fail-under=95 --cov-report=term:skip-covered

.PHONY: test-fast
test-fast: setup ## Unit and property tests (seconds)
	@$(PYTEST) -n 2 -m "not engine and not policy and not e2e" $(COVERED)

.PHONY: test-real
test-real: setup-tests ## The next two, side by side
	@tools/side-by-side test-engine test-e2e

.PHONY: test-engine
test-engine: setup-tests ## Contract tests on real engines: terraform, sam, emulators
	@$(PYTEST) -n 2 --dist loadgroup -m "engine and not e2e and not opentofu"

.PHONY: test-e2e
test-e2e: setup ## Whole commands against emulators (minutes)
	@$(PYTEST) -m "e2e and not opentofu"

.PHONY: test-long
test-long: setup ## Tests at random on thousands of new examples each (an hour; TESTS=… for some of them)
	@HYPOTHESIS_PROFILE=long $(PYTEST) -n 2 --dist worksteal -m "hypothesis and not engine and not e2e" $(TESTS)

.PHONY: test-opentofu
test-opentofu: ## Module tests and one environment on OpenTofu (minutes; it is built or downloaded first)
	@$(PYTHON) tools/setup.py opentofu
	@$(PYTEST) -m opentofu

.PHONY: lint
lint: setup ## Formats, lint, types, imports, templates, policies
	@PATH="$(CURDIR)/.tools/bin:$(CURDIR)/.tools/envs/baton/bin:$$PATH" tools/lint

.PHONY: apply
apply: setup ## Terraform only, by Terragrunt: make apply ENV=dev
	@test -n "$(ENV)" || { echo "make apply ENV=<environment>" >&2; exit 2; }
	@lines=$$(./baton env $(ENV)) && eval "$$lines" && cd live/$(ENV) && terragrunt run --all apply

.PHONY: bench
bench: setup ## Measure, each figure beside the bare tools in the same run (GROUPS=… for some of them)
	@PATH="$(CURDIR)/.tools/bin:$$PATH" PYTHONPATH=.:sam-app:sam-app/layers/desk/python \
	.tools/envs/baton/bin/python -m benchmarks $(GROUPS)

.PHONY: docs
docs: setup ## Write anew what is generated: settings' schemas, the API's description, the documents' tables
	@PYTHONPATH=.:sam-app:sam-app/layers/desk/python; export PYTHONPATH; \
	for part in codegen.docs pipeline.records.schemas tests.proof; do .tools/envs/baton/bin/python -m $$part || exit 1; done
	@.tools/envs/baton/bin/python sam-app/openapi

.PHONY: lock
lock: ## Lock the Python requirements, the AWS provider and the downloads again, with hashes
	@$(PYTHON) tools/setup.py opentofu
	@tools/lock

.PHONY: clean
clean: ## Stop the emulators and remove all that was made but the tools
	@[[ ! -x .tools/envs/baton/bin/python ]] || ./baton local reset
	@rm -rf .baton sam-app/samconfig.toml sam-app/parameters .hypothesis .pytest_cache .mypy_cache .ruff_cache
	@find live -type d -name .terragrunt-cache -prune -exec rm -rf {} +
	@find . -path ./.tools -prune -o -type d -name __pycache__ -prune -exec rm -rf {} +

.PHONY: clean-tools
clean-tools: ## Remove the installed tools
	@rm -rf .tools
