"""Writes what the CloudEvents SDK for Python makes of events: one JSON object a line."""

import base64
import json
import sys
from pathlib import Path

try:  # 2.x keeps the API of 1.x beside its own
    from cloudevents.v1 import http, kafka
    from cloudevents.v1.http import CloudEvent
except ImportError:
    from cloudevents import http, kafka
    from cloudevents.http import CloudEvent


def show(over: str, mode: str, headers: dict[str, object], value: object) -> None:
    def text(value: object) -> str:
        return value.decode() if isinstance(value, bytes) else str(value)

    pairs = [(name, text(value)) for name, value in headers.items() if value is not None]
    body = base64.b64encode(value if isinstance(value, bytes) else str(value).encode()).decode()
    sys.stdout.write(
        json.dumps({"over": over, "mode": mode, "headers": pairs, "value": body}) + "\n"
    )


def main() -> None:
    for told in json.loads(Path(sys.argv[1]).read_text("utf-8")):
        data = told.pop("data")
        told["datacontenttype"] = "application/json"  # to_binary crashes without it
        if "sequence" in told:  # the SDK crashes on attributes that are no text
            told["sequence"] = str(told["sequence"])
        event = CloudEvent(told, data)
        for mode in ("binary", "structured"):
            message = getattr(kafka, f"to_{mode}")(event)
            show("kafka", mode, message.headers, message.value)
            headers, body = getattr(http, f"to_{mode}")(event)
            show("http", mode, headers, body)


main()
