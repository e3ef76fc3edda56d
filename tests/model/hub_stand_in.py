"""A stand-in for the Hugging Face Hub: it answers what fetching a snapshot asks, and keeps a record of it."""

import contextlib
import hashlib
import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

OTHER_WAY = "/api/models/xet-read-token"
SECONDS_A_BYTE, SILENT_SECONDS = 0.05, 1.0
PORTAL = b"<html><title>Please log in to the school's network</title></html>"


class HubStandIn:
    """Serves folders as models, each at one commit. Use as a context manager; `paths` holds what was asked for.

    Files in `missing` are listed but not there, as after a download that broke off. Where `faulty` says so of a path,
    the answer is `fault`: a status, or "html", "drop" (half of it, then the end), "slow" (byte by byte) or
    "silent" (half of it, then nothing).
    """

    def __init__(self) -> None:
        self.models: dict[str, tuple[str, Path]] = {}
        self.missing: set[str] = set()
        self.paths: list[str] = []
        self.faulty: Callable[[str], bool] = lambda path: False
        self.fault: int | str = 200
        self.xet = False
        self._stopped = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def add(self, name: str, commit: str, folder: Path) -> None:
        self.models[name] = (commit, folder)

    def files_asked_for(self) -> set[str]:
        """Paths inside the models, as far as their content or metadata was asked for."""
        return {path.split("/resolve/")[1].split("/", 1)[1] for path in self.paths if "/resolve/" in path}

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    def stop(self) -> None:
        """From now on connections are refused. May be called twice."""
        self._stopped.set()
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()

    def answer(self, path: str) -> tuple[bytes, dict[str, str]] | None:
        """Body and extra headers for a path, None for what is not there."""
        for name, (commit, folder) in self.models.items():
            files = {file.relative_to(folder).as_posix(): file for file in folder.rglob("*") if file.is_file()}
            if path == f"/api/models/{name}/revision/main":
                return _json({"id": name, "sha": commit, "siblings": [{"rfilename": file} for file in files]})
            if path == f"/api/models/{name}/tree/{commit}":
                return _json([_listed(file, files[file].read_bytes()) for file in files])
            wanted = path.removeprefix(f"/{name}/resolve/{commit}/")
            if wanted in files and wanted not in self.missing:
                content = files[wanted].read_bytes()
                return content, {"X-Repo-Commit": commit, "ETag": f'"{_sha1(content)}"', **self._other_way()}
        return None

    def _other_way(self) -> dict[str, str]:
        """Where native code would ask for the same file, as the Hub says of large ones."""
        return {"X-Xet-Hash": "0" * 64, "X-Xet-Refresh-Route": f"{self.endpoint}{OTHER_WAY}"} if self.xet else {}

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        hub = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.respond(with_body=True)

            def do_HEAD(self) -> None:
                self.respond(with_body=False)

            def respond(self, with_body: bool) -> None:
                path = urlsplit(self.path).path
                hub.paths.append(path)
                found = hub.answer(path)
                body, headers = found or (b"", {"X-Error-Code": "RepoNotFound"})
                fault = hub.fault if hub.faulty(path) else 200
                if fault == "html":
                    body, headers = PORTAL, {"Content-Type": "text/html"}
                elif isinstance(fault, int) and fault != 200:
                    body, headers = b"{}", {"Content-Type": "application/json", "Retry-After": "3600"}
                self.send_response(fault if isinstance(fault, int) and found else 200 if found else 404)
                for key, value in {**headers, "Content-Length": str(len(body))}.items():
                    self.send_header(key, value)
                self.end_headers()
                if with_body:
                    with contextlib.suppress(ConnectionError):  # whoever asked has given up
                        self.write(body, fault)

            def write(self, body: bytes, fault: int | str) -> None:
                if fault == "slow":
                    for i in range(len(body)):
                        self.wfile.write(body[i : i + 1])
                        if hub._stopped.wait(SECONDS_A_BYTE):
                            break
                elif fault in ("drop", "silent"):
                    self.wfile.write(body[: len(body) // 2])
                    hub._stopped.wait(SILENT_SECONDS if fault == "silent" else 0)
                    self.close_connection = True
                else:
                    self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

        return Handler


def _json(value: object) -> tuple[bytes, dict[str, str]]:
    return json.dumps(value).encode(), {"Content-Type": "application/json"}


def _listed(path: str, content: bytes) -> dict[str, object]:
    return {"type": "file", "path": path, "size": len(content), "oid": _sha1(content)}


def _sha1(content: bytes) -> str:
    return hashlib.sha1(content, usedforsecurity=False).hexdigest()
