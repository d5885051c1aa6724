#!/bin/sh
# Holds the templates and state machines to the validators that others wrote, without a network or an AWS account:
# sam's linter, cfn-lint, the resources that SAM's transform makes (CloudFormation allows 500 in a stack; 400 leaves room), and the schema of the state language.
# setup.sh installs what this needs.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
cd "$here/../.."
tools=.build/venv/bin
[ -x $tools/sam ] || {
    echo "awstest: run infra/awstest/setup.sh first" >&2
    exit 1
}

export SAM_CLI_TELEMETRY=0 AWS_DEFAULT_REGION=eu-west-3
templates=$(ls template.yaml functions/*/template.yaml infra/*.yaml)

$tools/cfn-lint --regions eu-west-3 -- $templates
$tools/python infra/awstest/resources.py --max 400 $templates
$tools/python infra/awstest/machines.py statemachines/*.asl.json
# The templates without SAM's transform have nothing to ask sam that cfn-lint did not answer, and each costs some seconds to ask.
grep -l AWS::Serverless-2016-10-31 $templates | xargs -P 2 -n 1 $tools/sam validate --lint --template
