"""One device in a process of its own: `python press.py`, its work as a line of JSON on standard input.

It says `ready`, waits for `go`, works, and writes what it was answered as a line of JSON. Nothing of the product is
imported, so that sixteen of them start quickly.

The work: port, token, path and body of the press; `name` begins its idempotency keys; `times` (null: until a 204);
`until` (null, or a file: a 204 is the end, and a press without `times` goes on, only once the file is there);
`patient` (a server that is gone is asked again, with the same key, as long as `patience` seconds).
"""

import http.client
import json
import sys
import time
from pathlib import Path
from typing import Any

KEPT = ("id", "number", "called_at", "state")


class Device:
    """A kiosk or a counter on one kept connection."""

    def __init__(self, work: dict[str, Any]) -> None:
        self.work = work
        self.answers: list[dict[str, Any]] = []
        self.repeats = 0
        self._connection = http.client.HTTPConnection("127.0.0.1", work["port"], timeout=30)

    def press_all(self) -> None:
        """Presses until its work is done. An answer that is neither success nor 204 ends a clerk's work."""
        work = self.work
        pressed = 0
        while work["times"] is None or pressed < work["times"]:
            pressed += 1
            status = self._press(f"{work['name']}-{pressed}")
            if work["times"] is not None:
                continue
            over = work["until"] is None or Path(work["until"]).exists()
            if status not in (200, 201, 204) or (over and (status == 204 or work["path"].endswith("/tickets"))):
                return
            if status == 204:
                time.sleep(0.05)

    def _press(self, key: str) -> int:
        """One press. Status 0 is a server that did not answer."""
        end = time.monotonic() + self.work["patience"]
        while True:
            try:
                status, answer = self._post(key)
                break
            except (OSError, http.client.HTTPException):
                self._connection.close()
                if not self.work["patient"] or time.monotonic() > end:
                    status, answer = 0, {}
                    break
                self.repeats += 1
                time.sleep(0.1)
        kept = {name: answer[name] for name in KEPT if name in answer}
        self.answers.append({"key": key, "status": status, **kept})
        return status

    def _post(self, key: str) -> tuple[int, dict[str, Any]]:
        headers = {
            "Authorization": f"Bearer {self.work['token']}",
            "Content-Type": "application/json",
            "Idempotency-Key": key,
        }
        self._connection.request("POST", self.work["path"], json.dumps(self.work["body"]), headers)
        response = self._connection.getresponse()
        text = response.read()
        is_json = "json" in response.headers.get("Content-Type", "")
        return response.status, json.loads(text) if text and is_json else {}


def main() -> None:
    """Reads the work, does it at `go`, writes the answers."""
    device = Device(json.loads(sys.stdin.readline()))
    print("ready", flush=True)
    sys.stdin.readline()
    device.press_all()
    print(json.dumps({"answers": device.answers, "repeats": device.repeats}), flush=True)


if __name__ == "__main__":
    main()
