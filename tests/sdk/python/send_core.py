"""Writes what the core API of the CloudEvents SDK 2.x for Python makes of events."""

import base64
import json
import sys
from datetime import datetime
from pathlib import Path

from cloudevents.core.bindings import http, kafka
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent


def show(over: str, mode: str, headers: dict[str, object], value: bytes) -> None:
    pairs = [(n, v.decode() if isinstance(v, bytes) else str(v)) for n, v in headers.items()]
    text = base64.b64encode(value).decode()
    sys.stdout.write(
        json.dumps({"over": over, "mode": mode, "headers": pairs, "value": text}) + "\n"
    )


def main() -> None:
    for told in json.loads(Path(sys.argv[1]).read_text("utf-8")):
        data = told.pop("data")
        told["time"] = datetime.fromisoformat(told["time"])
        event = CloudEvent(told, data)
        for mode in ("binary", "structured"):
            message = getattr(kafka, f"to_{mode}")(event, JSONFormat())
            show("kafka", mode, message.headers, message.value)
            request = getattr(http, f"to_{mode}")(event, JSONFormat())
            show("http", mode, request.headers, request.body)


main()
