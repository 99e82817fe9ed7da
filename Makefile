# Every target sets up what it needs first; the second call finds it done.

# PYTHON=… names another interpreter than the one that is found.
SETUP = python="$$(sh tools/find_python.sh)" && exec "$$python" -m tools.setup

# ARGS reaches the app as it was typed: neither make nor the shell reads it.
ARGS ?=
unexport ARGS
export DESKTOP_LLM_ARGS = $(value ARGS)

.PHONY: help run test test-gpu nightly lint coverage screenshots bench package lock clean

help: ## show this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | sort | while IFS="$$(printf '\t')" read -r name text; do printf '  make %-12s %s\n' "$$name" "$$text"; done

run: ## open the app; ARGS='chat "…"' passes arguments
	@$(SETUP) run

test: ## run every check: linters, types, import contracts, all tests
	@$(SETUP) test

test-gpu: ## build the Vulkan engine beside the ordinary one and run tests/gpu on a software device
	@$(SETUP) test-gpu

nightly: ## run the long campaigns that `make test` leaves out, and print their figures
	@$(SETUP) nightly

lint: ## run the linters, the types and the import contracts alone
	@$(SETUP) lint

coverage: ## run the tests and show which lines none of them reached
	@$(SETUP) coverage

screenshots: ## render every page to docs/screenshots
	@$(SETUP) screenshots

bench: ## run the benchmarks
	@$(SETUP) bench

package: ## build the bundle into dist/ and test it
	@$(SETUP) package

lock: ## resolve the dependencies anew into requirements/*.lock
	@$(SETUP) lock

clean: ## remove what was built, and the environment
	@rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis htmlcov .coverage .coverage.*
	@find desktop_llm tests tools benchmarks -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true
