"""Answers each line of standard input (a YAML file in base64) with one JSON line: what PyYAML's safe_load makes of it."""

import base64
import datetime
import json
import struct
import sys

import yaml


def dump(value):
    if value is None:
        return ["null"]
    if isinstance(value, bool):
        return ["boolean", value]
    if isinstance(value, int):
        return ["integer", hex(value)]
    if isinstance(value, float):
        return ["float", "nan" if value != value else struct.pack(">d", value).hex()]
    if isinstance(value, str):
        return ["text", value]
    if isinstance(value, (datetime.datetime, datetime.date)):
        return ["timestamp"]
    if isinstance(value, list):
        return ["list", [dump(item) for item in value]]
    if isinstance(value, dict):
        return ["map", [[dump(key), dump(item)] for key, item in value.items()]]
    return ["other", type(value).__name__]


for line in sys.stdin:
    try:
        answer = dump(yaml.safe_load(base64.b64decode(line)))
    except Exception as error:
        answer = ["error", type(error).__name__, str(error)]
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()
