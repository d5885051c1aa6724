"""What a description cannot tell: which things there are.

Left to itself, Schemathesis invents identifiers and versions, and is answered 404 or 412 before a step has begun. Where a part of a request is meant to be right,
this puts in things that exist, most of the time: dossiers and their present version, certificates, people. PORTAL_KNOWN is JSON:

    paths    path, or its beginning, or a whole operation such as "GET /c/{number}" -> parameter -> values
    queries  parameter -> values
    bodies   name of a field, anywhere in a body -> values
    spared   values never to be sent in a path: the session and the person that the run lives on
    ended    sessions to sign out of, instead of the run's own

PORTAL_SESSION is the session to ask with; without one it is nobody who asks.
"""

import json
import os
import random
from itertools import count
from urllib.parse import quote

import requests
import schemathesis
from schemathesis.core.parameters import ParameterLocation

KNOWN = json.loads(os.environ["PORTAL_KNOWN"])
SESSION = {"session": os.environ["PORTAL_SESSION"]} if os.environ.get("PORTAL_SESSION") else {}

# Where a thing tells its version: the beginning of a path -> what to ask.
VERSIONED = {
    "/api/conformity/dossiers/{id}": "/api/conformity/dossiers/{id}",
    "/api/certificates/{number}": "/api/certificates/{number}/record",
}

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
    if meant(case, ParameterLocation.PATH):
        name_known(case)
        stand_on_the_present(case)
    if meant(case, ParameterLocation.QUERY):
        fill_in(case.query, KNOWN["queries"])
    if meant(case, ParameterLocation.HEADER) and "Idempotency-Key" in case.headers and mostly():
        case.headers["Idempotency-Key"] = f"key {next(keys)}"
    if meant(case, ParameterLocation.BODY) and isinstance(case.body, dict):
        fill_in(case.body, KNOWN["bodies"])
    if case.operation.label == "DELETE /api/accounts/sessions/current" and "session" in case.cookies:
        case.cookies["session"] = chance.choice(KNOWN["ended"])


def name_known(case):
    path, paths = case.operation.path, KNOWN["paths"]
    known = paths.get(case.operation.label) or next((values for prefix, values in paths.items() if path.startswith(prefix)), {})
    for name, value in case.path_parameters.items():
        if known.get(name) and (value in KNOWN["spared"] or (invented(case) and mostly())):
            case.path_parameters[name] = chance.choice(known[name])


def stand_on_the_present(case):
    """Asks for the thing's version, and a dossier's documents, as a browser would."""
    wants_version = "If-Match" in case.headers and meant(case, ParameterLocation.HEADER) and mostly()
    wants_document = "document" in case.path_parameters and mostly()
    place = next((place for prefix, place in VERSIONED.items() if case.operation.path.startswith(prefix)), None)
    if not place or not (wants_version or wants_document):
        return
    named = {name: quote(str(value), safe="") for name, value in case.path_parameters.items()}
    answer = requests.get(os.environ["PORTAL_URL"] + place.format(**named), cookies=SESSION, timeout=20)
    if answer.status_code != 200:
        return
    if wants_version:
        case.headers["If-Match"] = answer.headers["ETag"]
    documents = answer.json().get("documents")
    if wants_document and documents:
        case.path_parameters["document"] = chance.choice(documents)["id"]


def fill_in(fields, known):
    for name, value in fields.items():
        if name in known and isinstance(value, str) and mostly():
            fields[name] = chance.choice(known[name])
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, dict):
                fill_in(part, known)
