"""nginx, as a process of the tests' own. As a module it exits with 0 if there is one on this machine."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

START_SECONDS = 20.0
# Debian's stands where only root looks.
PLACES = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin"])
AROUND = """\
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ }}
http {{
    access_log {folder}/access.log;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/conf.d/*.conf;
}}
"""


def find() -> str | None:
    """Path of nginx, or None."""
    return shutil.which("nginx", path=PLACES)


@contextmanager
def nginx_with(configuration: str, port: int, folder: Path) -> Iterator[Path]:
    """nginx as Debian's reads a file of conf.d, listening on that port of this machine; its folder."""
    path = find()
    assert path is not None, "nginx was not found: `make nginx` installs it"
    (folder / "conf.d").mkdir(parents=True)
    (folder / "conf.d" / "searchcore.conf").write_text(configuration, encoding="utf-8")
    (folder / "nginx.conf").write_text(AROUND.format(folder=folder), encoding="utf-8")
    with (folder / "said").open("wb") as said:
        running = subprocess.Popen([path, "-p", folder, "-c", folder / "nginx.conf"], stdout=said, stderr=said)
    try:
        deadline = time.monotonic() + START_SECONDS
        while not _listens(port):
            assert running.poll() is None and time.monotonic() < deadline, (folder / "said").read_text("utf-8")
            time.sleep(0.02)
        yield folder
    finally:
        running.terminate()
        running.wait(START_SECONDS)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


if __name__ == "__main__":
    sys.exit(0 if find() else 1)
