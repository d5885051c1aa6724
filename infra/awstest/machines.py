"""Checks state machines against cfn-lint's schema of the Amazon States Language.

    .build/venv/bin/python infra/awstest/machines.py MACHINE.asl.json...

cfn-lint reads a definition only where it stands in a template, and ours stand beside them, so each is put into a template for it. Ends with status 1 where one is
invalid. cfn-lint does not follow Next, Default and StartAt: that every state named exists is for the portal's own tests.
"""

import json
import re
import sys
from pathlib import Path

from cfnlint.api import lint
from cfnlint.config import ManualArgs

ARN = "arn:aws:lambda:eu-west-3:123456789012:function:name"


def template(definition):
    substitutions = {name: ARN for name in re.findall(r"\$\{(\w+)\}", definition)}
    return {
        "Resources": {
            "Machine": {
                "Type": "AWS::StepFunctions::StateMachine",
                "Properties": {
                    "RoleArn": "arn:aws:iam::123456789012:role/machine",
                    "Definition": json.loads(definition),
                    **({"DefinitionSubstitutions": substitutions} if substitutions else {}),
                },
            }
        }
    }


def main(paths):
    failed = False
    for path in map(Path, paths):
        matches = lint(json.dumps(template(path.read_text(encoding="utf-8"))), config=ManualArgs(regions=["eu-west-3"]))
        for match in matches:
            state = "/".join(str(part) for part in match.path[4:])  # below Resources/Machine/Properties/Definition
            print(f"{path}: {match.rule.id} {match.message} at {state}", file=sys.stderr)
        failed = failed or bool(matches)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
