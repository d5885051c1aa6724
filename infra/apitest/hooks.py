"""What a description cannot tell: which things there are.

Left to itself, Schemathesis invents identifiers and versions, and is answered 404 or 412 before a step has begun. Where a part of a request is meant to be right,
this puts in things that exist, most of the time: dossiers and their present version, certificates, people. PORTAL_KNOWN is JSON:

    paths    path, or its beginning, or a whole operation such as "DELETE /c/{number}" -> parameter -> values
    bodies   name of a field, anywhere in a body -> values
    spared   values never to be sent in a path: the session and the person that the run lives on
    ended    sessions to sign out of, instead of the run's own

PORTAL_SESSION is the session to ask with; without one it is nobody who asks.
"""

import json
import os
import random
from itertools import count

import requests
import schemathesis
from schemathesis.core.parameters import ParameterLocation

KNOWN = json.loads(os.environ["PORTAL_KNOWN"])
SESSION = {"session": os.environ["PORTAL_SESSION"]} if os.environ.get("PORTAL_SESSION") else {}
DOSSIER = "/api/conformity/dossiers/{id}"

chance = random.Random(47)  # one worker: the same draws every run
keys = count()


def mostly():
    return chance.random() < 0.8


def meant(case, location):
    """Whether this part of the request is meant to be right."""
    return case.meta is None or not case.meta.is_negative_at(location)


def invented(case):
    """Whether the request's path was invented: not taken from an earlier answer."""
    return case.meta is None or case.meta.phase.name.value != "stateful"


if SESSION:

    @schemathesis.auth()
    class Session:
        def get(self, case, context):
            return SESSION

        def set(self, case, data, context):
            case.cookies.update(data)


@schemathesis.hook
def before_call(context, case, kwargs):
    method, path = case.operation.method.upper(), case.operation.path
    if case.path_parameters and meant(case, ParameterLocation.PATH):
        known = KNOWN["paths"].get(f"{method} {path}") or next((values for prefix, values in KNOWN["paths"].items() if path.startswith(prefix)), {})
        for name, value in case.path_parameters.items():
            if known.get(name) and (value in KNOWN["spared"] or (invented(case) and mostly())):
                case.path_parameters[name] = chance.choice(known[name])
    if path.startswith(DOSSIER) and meant(case, ParameterLocation.PATH):
        stand_on_the_present(case)
    if meant(case, ParameterLocation.HEADER) and "Idempotency-Key" in case.headers and mostly():
        case.headers["Idempotency-Key"] = f"key {next(keys)}"
    if case.operation.label == "DELETE /api/accounts/sessions/current" and "session" in case.cookies:
        case.cookies["session"] = chance.choice(KNOWN["ended"])
    if isinstance(case.body, dict) and meant(case, ParameterLocation.BODY):
        fill_in(case.body)


def stand_on_the_present(case):
    """Asks for the dossier's version and documents, as a browser would."""
    wants_version = "If-Match" in case.headers and meant(case, ParameterLocation.HEADER) and mostly()
    wants_document = "document" in case.path_parameters and mostly()
    if not (wants_version or wants_document):
        return
    dossier = case.path_parameters["id"]
    answer = requests.get(f"{os.environ['PORTAL_URL']}/api/conformity/dossiers/{requests.utils.quote(str(dossier), safe='')}", cookies=SESSION, timeout=20)
    if answer.status_code != 200:
        return
    if wants_version:
        case.headers["If-Match"] = answer.headers["ETag"]
    documents = answer.json().get("documents")
    if wants_document and documents:
        case.path_parameters["document"] = chance.choice(documents)["id"]


def fill_in(body):
    for name, value in body.items():
        if name in KNOWN["bodies"] and isinstance(value, str) and mostly():
            body[name] = chance.choice(KNOWN["bodies"][name])
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, dict):
                fill_in(part)
