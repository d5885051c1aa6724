# The portal. `make run` and `make test` do all the set-up they need; a bare
# machine needs Go (and a C compiler for the race detector, when there is one).

GO      ?= go
PORT    ?= 8080
ACTIONS ?= 100000
BUILD   := .build
# The race detector needs cgo; without a C compiler the tests run without it.
RACE    := $(shell command -v cc >/dev/null 2>&1 && echo -race)

.PHONY: run test rivals test-aws test-api demo bench lint build-lambda deploy golden clean

## run: the whole portal on this machine (PORT, DATA_DIR)
run: $(BUILD)/portal
	PORT=$(PORT) exec $(BUILD)/portal

$(BUILD)/portal: FORCE
	$(GO) build -o $@ ./functions

## demo: play the stories against the running portal
demo:
	PORTAL=$${PORTAL:-http://localhost:$(PORT)} $(GO) run ./demo

## test: everything that needs nothing but this machine; the race detector sees
## all of it, with samples of what repeats by the thousand, then that runs whole
test: lint
	$(GO) test $(RACE) -short -timeout 30m ./...
	$(GO) test -timeout 20m -run 'Death|Generation|Slept|Killed|Rivals|TenThousandLines' ./functions

## rivals: random people acting at once on requests of every kind (ACTIONS); test
## plays a sample
rivals:
	PORTAL_ACTIONS=$(ACTIONS) $(GO) test -timeout 60m -count=1 -v -run '^TestRandomRivals' ./functions

lint:
	@unformatted=$$(gofmt -l demo functions infra shared statemachines); test -z "$$unformatted" || { echo "gofmt: $$unformatted"; exit 1; }
	$(GO) vet ./...
	CGO_ENABLED=0 $(GO) build -tags lambda,lambda.norpc -o /dev/null ./functions
	$(GO) tool staticcheck ./...

## test-aws: the AWS side against servers that others wrote, and the templates
test-aws: build-lambda
	infra/awstest/setup.sh
	infra/awstest/validate.sh
	PORTAL_AWS_TESTS=1 $(GO) test -timeout 20m -count=1 -p 1 ./infra/awstest/... ./infra/aws/...
	PORTAL_AWS_TESTS=1 $(GO) test -timeout 20m -count=1 -run 'Artefact|ServicesOfOthers|ValidOpenAPI' ./functions

## test-api: a running API against its own description, by Schemathesis
test-api:
	infra/awstest/setup.sh python
	PORTAL_AWS_TESTS=1 $(GO) test -timeout 15m -count=1 -run 'Strangers' ./functions

## bench: what the design promises, as ratios within one run
bench:
	PORTAL_BENCH=1 $(GO) test -timeout 30m -count=1 -v -run '^TestBench$$' ./functions

## build-lambda: the one artefact of every Lambda, reproducible
build-lambda:
	CGO_ENABLED=0 GOOS=linux GOARCH=$${GOARCH:-arm64} $(GO) build -tags lambda,lambda.norpc -trimpath -ldflags='-s -w -buildid=' -o $(BUILD)/bootstrap ./functions
	$(GO) run ./infra/package -o $(BUILD)/portal.zip $(BUILD)/bootstrap

## deploy: build, then sam deploy (samconfig.toml says where, PARAMETERS what)
deploy: build-lambda
	sam deploy $(if $(PARAMETERS),--parameter-overrides $(PARAMETERS))

## golden: rewrite golden files after a change that was meant
golden:
	$(GO) test ./functions ./infra/... ./shared/... -args -update

clean:
	rm -rf $(BUILD)

FORCE:
