"""Counts the CloudFormation resources that AWS SAM makes of each template.

    .build/venv/bin/python infra/awstest/resources.py [--max N] TEMPLATE...

Prints "COUNT PATH" a line, by sam's own transform, without a network or an AWS account. Ends with status 1 where a template is invalid or gives more than
N resources (CloudFormation allows 500 in one stack). A nested stack counts as the one resource it is in its parent.
"""

import argparse
import logging
import sys
from pathlib import Path

from samcli.commands.validate.lib.exceptions import InvalidSamDocumentException
from samcli.lib.translate.sam_template_validator import SamTemplateValidator
from samcli.yamlhelper import yaml_parse


class NoManagedPolicies:
    """Stands for the account's list of managed policies, which the transform asks for only where a template names one."""

    @staticmethod
    def load():
        return {}


def transformed(path):
    template = yaml_parse(path.read_text(encoding="utf-8"))
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Application":
            resource["Properties"]["Location"] = "https://s3.amazonaws.com/packaged/" + path.name  # as `sam deploy` makes it
    # Parameters without a default get a value: the transform refuses events whose address it cannot read.
    values = {name: "value" for name, parameter in template.get("Parameters", {}).items() if "Default" not in parameter}
    text = SamTemplateValidator(template, NoManagedPolicies, region="eu-west-3", parameter_overrides=values).get_translated_template_if_valid()
    return yaml_parse(text)


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--max", type=int, default=500)
    arguments.add_argument("templates", nargs="+", type=Path)
    given = arguments.parse_args()
    logging.disable(logging.WARNING)  # sam warns of its own telemetry, which nothing here sends
    failed = False
    for path in given.templates:
        try:
            count = len(transformed(path)["Resources"])
        except InvalidSamDocumentException as problem:
            print(f"{path}: {problem}", file=sys.stderr)
            failed = True
            continue
        print(count, path)
        if count > given.max:
            print(f"{path}: {count} resources, over {given.max}", file=sys.stderr)
            failed = True
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
