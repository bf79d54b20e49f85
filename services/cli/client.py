"""A running system as the command sees it: where it is, who calls, and its answers over HTTP.

Plain `http.client` on kept-open connections, so that the command starts quickly.
"""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlencode, urlsplit

from services.cli.errors import CliError, NotRunning, Refused
from services.cli.patience import ANSWER_SECONDS, seconds_to_answer
from services.runtime.places import DEMO_PARTNERSHIP
from services.vocabulary.agencies import HUB
from services.vocabulary.sandbox import rehearsed

JSON = "application/json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An HTTP answer, whole."""

    status: int
    body: bytes
    content_type: str

    def json(self) -> Any:
        """Return the parsed body. Raises CliError when it is no JSON."""
        try:
            return json.loads(self.body)
        except ValueError as error:
            raise CliError(f"the answer is not JSON (status {self.status})") from error

    def good(self) -> Any:
        """Return the parsed body of a 2xx. Raises Refused with what the problem says otherwise."""
        if 200 <= self.status < 300:
            return self.json()
        raise Refused(self.status, self._detail())

    def _detail(self) -> str:
        try:
            problem = json.loads(self.body)
            return str(problem.get("detail") or problem.get("title"))
        except (ValueError, AttributeError):
            return "refused"


class Lost(CliError):
    """The connection broke or nobody listens; the request may or may not have been done."""


class System:
    """A running system, found by its console's address and the demo credentials under `data`."""

    def __init__(self, url: str, data: Path) -> None:
        self.url = url.rstrip("/")
        self.data = data
        self._connections = threading.local()
        self._keys: dict[str, bytes] = {}

    @classmethod
    def find(cls, url: str | None, data: Path | None) -> System:
        """Return the system at `url`, or the one that says it runs on `data` (default `data`)."""
        where = data or Path("data")
        return cls(url or str(_description(where)["url"]), where)

    @cached_property
    def partnership(self) -> Any:
        """The registered partnership (`services.runtime.partnership.Partnership`)."""
        from services.runtime.partnership import Partnership

        described = _described(self.data)
        return Partnership.load(Path(described.get("partnership", DEMO_PARTNERSHIP)))

    @property
    def described(self) -> Mapping[str, Any]:
        """What `sightline up` wrote about itself under `data`; empty when it is not there."""
        return _described(self.data)

    def first_person(self, agency: str) -> str | None:
        """Return the person the command acts as for an agency, or whom it rehearses: the first registered."""
        people = self.partnership.people_of(rehearsed(agency))
        return people[0].id if people else None

    def token(self, agency: str, person: str | None = None) -> str:
        """Sign a token as that agency, for that person or the first registered."""
        from services.runtime.clock import SystemClock
        from services.runtime.identity import mint

        return mint(agency, person or self.first_person(agency), self._key(agency), SystemClock().now())

    def get(
        self,
        path: str,
        query: Mapping[str, str] | None = None,
        *,
        agency: str = HUB,
        person: str | None = None,
        until: float | None = None,
    ) -> Answer:
        """Ask for something as an agency's person. Raises Lost, where `until` is given about then."""
        given = {name: value for name, value in (query or {}).items() if value}
        target = path + ("?" + urlencode(given) if given else "")
        return self._ask("GET", target, None, self._headers(agency, person), until)

    def post(
        self,
        path: str,
        body: object,
        *,
        agency: str = HUB,
        person: str | None = None,
        until: float | None = None,
    ) -> Answer:
        """Send JSON as an agency's person; `bytes` are sent as they are. Raises Lost as `get` does."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self._ask("POST", path, content, self._headers(agency, person), until)

    @contextmanager
    def download(
        self,
        path: str,
        query: Mapping[str, str],
        *,
        body: object = None,
        agency: str = HUB,
        person: str | None = None,
    ) -> Iterator[IO[bytes]]:
        """Open an answer's body for reading as it arrives; `body` is sent as JSON where there is one.

        Raises Refused when the answer is no 2xx.
        """
        connection = connect(self.url)
        try:
            target = path + ("?" + urlencode(query) if query else "")
            content = json.dumps(body).encode() if body is not None else None
            method = "GET" if content is None else "POST"
            connection.request(method, target, content, self._headers(agency, person))
            response = connection.getresponse()
            if response.status >= 300:
                kind = response.getheader("content-type", "")
                Answer(status=response.status, body=response.read(), content_type=kind).good()
            yield response
        except (OSError, http.client.HTTPException) as error:
            raise Lost(f"lost `{self.url}`: {type(error).__name__}") from error
        finally:
            connection.close()

    def _ask(
        self, method: str, target: str, body: bytes | None, headers: Mapping[str, str], until: float | None
    ) -> Answer:
        kept: dict[str, http.client.HTTPConnection] = self._connections.__dict__.setdefault("kept", {})
        reused = kept.pop(self.url, None)
        connection = reused or connect(self.url)
        wait_for(connection, seconds_to_answer(until))
        try:
            answer = exchange(connection, method, target, body, headers)
        except ConnectionError as error:
            connection.close()
            if reused is not None:  # closed while it lay idle; all we send may be sent again
                return self._ask(method, target, body, headers, until)
            raise Lost(f"lost `{self.url}`: {type(error).__name__}") from error
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            raise Lost(f"lost `{self.url}`: {type(error).__name__}") from error
        kept[self.url] = connection
        return answer

    def _headers(self, agency: str, person: str | None) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token(agency, person)}", "Content-Type": JSON}

    def _key(self, agency: str) -> bytes:
        from services.runtime.identity import folder_of

        if agency not in self._keys:
            path = self.data / "credentials" / folder_of(agency) / "key.pem"
            if not path.exists():
                raise CliError(f"no credentials for `{agency}` under `{self.data}`: check --as and --data")
            self._keys[agency] = path.read_bytes()
        return self._keys[agency]


def connect(url: str, seconds: float = ANSWER_SECONDS) -> http.client.HTTPConnection:
    """Return a connection to the host of a URL, opened on first use, that waits so long for an answer."""
    parts = urlsplit(url)
    if parts.scheme == "https":
        return http.client.HTTPSConnection(parts.netloc, timeout=seconds)
    return http.client.HTTPConnection(parts.netloc, timeout=seconds)


def wait_for(connection: http.client.HTTPConnection, seconds: float) -> None:
    """Let a connection, opened or not, wait so long for its next answer."""
    connection.timeout = seconds
    if connection.sock is not None:
        connection.sock.settimeout(seconds)


def exchange(
    connection: http.client.HTTPConnection,
    method: str,
    target: str,
    body: bytes | None,
    headers: Mapping[str, str],
) -> Answer:
    """Send one request and read its answer."""
    connection.request(method, target, body=body, headers=dict(headers))
    response = connection.getresponse()
    return Answer(
        status=response.status, body=response.read(), content_type=response.getheader("content-type", "")
    )


def _description(data: Path) -> Mapping[str, Any]:
    described = _described(data)
    if "url" not in described:
        raise NotRunning(f"no system runs on `{data}`: start sightline up, or name one with --url or --data")
    return described


def _described(data: Path) -> Mapping[str, Any]:
    path = data / "run" / "system.json"
    if not path.exists():
        return {}
    found: dict[str, Any] = json.loads(path.read_bytes())
    return found
