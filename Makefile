SHELL := /bin/bash
.DEFAULT_GOAL := help
brokers = $(notdir $(patsubst %/,%,$(wildcard .local/rabbitmq/*/)))
clusters = $(filter-out binaries,$(notdir $(patsubst %/,%,$(wildcard .local/postgres/*/))))
.PHONY: help run demo-sip drill test build lint bench faults pages db stop clean wipe

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## set everything up, bill the demo month and serve it until Ctrl-C
	@deploy/run.sh

demo-sip: ## place SIP calls through a real Kamailio and bill them, in about a minute
	@deploy/demo-sip.sh

drill: ## back the demo month up, destroy it, restore it and prove that nothing is missing
	@deploy/drill.sh

test: ## set everything up and run every test
	@deploy/test.sh

build: ## leave the command at .local/bin/billing
	@deploy/setup.sh
	@deploy/build.sh

lint: ## check the format of the code and the scripts; changes nothing
	@dotnet restore Billing.sln -v:q
	@dotnet format Billing.sln --verify-no-changes --no-restore
	@if command -v shellcheck >/dev/null; then shellcheck -x deploy/*.sh deploy/sip/*.sh .ci/run; else echo "shellcheck is not installed: the scripts were not checked"; fi

bench: ## run the benchmarks; ARGS="..." goes to them
	@deploy/bench.sh $(ARGS)

faults: ## run the failure tests at large size
	@BILLING_FAULTS=large deploy/test.sh --filter Category=Faults

pages: ## open every page in a browser, in both languages and at both widths
	@deploy/test.sh --filter Category=Pages

db: ## open psql on the service's database
	@deploy/postgres.sh start
	@deploy/postgres.sh psql

stop: ## stop the private databases and brokers
	@for name in $(clusters); do deploy/postgres.sh stop --name "$$name"; done
	@for name in $(brokers); do deploy/rabbitmq.sh stop --name "$$name"; done

clean: ## remove what was built; the private databases stay
	@rm -rf .local/build .local/publish* .local/bin .local/test-results

wipe: ## remove the private databases and brokers with their data
	@for name in $(clusters); do deploy/postgres.sh wipe --name "$$name"; done
	@for name in $(brokers); do deploy/rabbitmq.sh wipe --name "$$name"; done
