"""The configuration by which nginx brings several processes of the app together; `python -m ui.nginx` prints it.

It reads the settings that the app reads, and belongs into nginx's http block: on Debian, into /etc/nginx/conf.d.
"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Sequence

from ui.address import Address, address_from_environment
from ui.bodies import MAX_ADDRESS_BYTES
from ui.classroom.codes import LENGTH, SYMBOLS
from ui.headers import WORKER_COOKIE
from ui.workers import HERE, PROXY_VARIABLE, VARIABLE, Worker, workers_from_environment

AWAY = "No process of this page answers now; please try again in ten seconds."
CONFIGURATION = """\
# {count} processes of the demo as one page, made by python -m ui.nginx.

# A browser's cookie names its process. Where that one is gone, another answers, and its cookie takes over.
{own}
# A page that comes without a cookie opens where the fewest are open.
upstream searchcore_new {{
    zone searchcore 64k;
    least_conn;
{all}
}}
# Calls without one, as curl makes them, find their answers where they asked: by the caller's address.
upstream searchcore_by_address {{
    hash $remote_addr consistent;
{all}
}}
map $uri $searchcore_other {{
    / searchcore_new;
    default searchcore_by_address;
}}
map $cookie_{cookie} $searchcore_by_cookie {{
{names}
    default $searchcore_other;
}}
# The first letter of a class's code names its process, whichever the browser of a student had before.
map $uri $searchcore_process {{
{classes}
    default $searchcore_by_cookie;
}}
map $http_x_forwarded_proto $searchcore_scheme {{
    https https;
    default $scheme;
}}

server {{
    listen {listen};
{proxies}
    # An address holds what a visitor asks: it goes into no log. Nor does anything of theirs go to disk, see buffering.
    access_log off;
    error_log stderr crit;
    # The app bounds every body itself, and says so in a sentence.
    client_max_body_size 0;
    large_client_header_buffers 2 {address}k;

    location / {{
        proxy_pass http://$searchcore_process;
        proxy_http_version 1.1;
        proxy_set_header Host $http_host;
        # Who asks, whatever they claim.
        proxy_set_header X-Forwarded-For $remote_addr;
        proxy_set_header X-Forwarded-Proto $searchcore_scheme;
        # What is asked and answered goes on as it comes.
        proxy_request_buffering off;
        proxy_buffering off;
        proxy_buffer_size 32k;
        proxy_buffers 4 32k;
        proxy_read_timeout 1h;
        proxy_send_timeout 1h;
        # A process that is slow is there.
        proxy_next_upstream error;
        error_page 502 504 = @searchcore_away;
    }}
    location @searchcore_away {{
        default_type text/plain;
        return 503 "{away}";
    }}
}}
"""


def configuration(address: Address, workers: Sequence[Worker], proxies: str = "") -> str:
    """What nginx has to know of these processes; `proxies` as in SEARCHCORE_PROXY. Raises SystemExit."""
    trusted = [f"    set_real_ip_from {each};" for each in _networks(proxies)]
    if trusted:
        trusted += ["    real_ip_header X-Forwarded-For;", "    real_ip_recursive on;"]
    host = f"[{address.host}]" if ":" in address.host else address.host
    return CONFIGURATION.format(
        count=len(workers),
        own="\n".join(_own(worker, workers) for worker in workers),
        all="\n".join(_server(worker) for worker in workers),
        cookie=WORKER_COOKIE,
        names="\n".join(f"    {worker.name} searchcore_{worker.name};" for worker in workers),
        classes="\n".join(f"    {_class_of(worker)} searchcore_{worker.name};" for worker in workers),
        listen=f"{host}:{address.port}{' ipv6only=off' if address.host == '::' else ''}",
        proxies="\n".join(trusted),
        address=MAX_ADDRESS_BYTES // 1_000,
        away=AWAY,
    )


def _own(worker: Worker, workers: Sequence[Worker]) -> str:
    """Where a process is asked first; the others only while it is not there."""
    others = "\n".join(_server(each, " backup") for each in workers if each != worker)
    return f"upstream searchcore_{worker.name} {{\n{_server(worker)}\n{others}\n}}"


def _server(worker: Worker, role: str = "") -> str:
    # One that was not there once is asked again all the same: it is started again within seconds.
    return f"    server {HERE}:{worker.port} max_fails=0{role};"


def _class_of(worker: Worker) -> str:
    """What the addresses of its classes look like; in quotes, since nginx would take the braces for its own."""
    return f'"~*^/class/{worker.name}[{SYMBOLS.lower()}]{{{LENGTH - 1}}}(/|$)"'


def _networks(proxies: str) -> list[str]:
    try:
        return [str(ipaddress.ip_network(each)) for named in proxies.split(",") if (each := named.strip())]
    except ValueError as error:
        raise SystemExit(f"{PROXY_VARIABLE} must name addresses or networks for nginx: {error}.") from None


def main() -> None:
    """Print it."""
    address = address_from_environment()
    workers = workers_from_environment(address)
    if len(workers) == 1:
        raise SystemExit(f"One process needs no nginx: {VARIABLE} must be 2 or more here.")
    print(configuration(address, workers, os.environ.get(PROXY_VARIABLE, "")), end="")


if __name__ == "__main__":
    main()
