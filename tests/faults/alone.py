"""Run a command where there is no network but this machine's own, and note all that it sends to anywhere else.

`unshare --net --mount python -m tests.faults.alone NOTES COMMAND...` gives the network namespace that it runs in a
loopback interface, to which every address in the world belongs. So what is sent to one is refused at once, since nobody
listens there, and passes the interface that is watched here. NOTES becomes a JSON list, a text for each destination.
"""

from __future__ import annotations

import ctypes
import fcntl
import functools
import json
import os
import select
import socket
import struct
import subprocess
import sys
from collections.abc import Sequence
from ipaddress import ip_address
from pathlib import Path

LOOPBACK = "lo"
# Where other processes look names up for this one.
RESOLVERS = ("/run/systemd/resolve", "/run/nscd", "/var/run/nscd")
SHORTLY = 0.1
PACKET_BYTES = 512
# From Linux's headers.
ETH_P_ALL, ETH_P_IP, ETH_P_IPV6 = 0x0003, 0x0800, 0x86DD
SOL_PACKET, PACKET_STATISTICS = 263, 6
SO_ATTACH_FILTER = 26
SIOCSIFFLAGS, IFF_UP = 0x8914, 0x1
RTM_NEWROUTE, NLM_F_REQUEST, NLM_F_ACK, NLM_F_EXCL, NLM_F_CREATE = 24, 0x1, 0x4, 0x200, 0x400
RT_TABLE_LOCAL, RTPROT_STATIC, RT_SCOPE_HOST, RTN_LOCAL, RTA_OIF = 255, 4, 254, 2, 4
TCP, UDP, ICMP, ICMPV6 = 6, 17, 1, 58
SYN, SYN_AND_ACK = 0x02, 0x12
UNREACHABLE = {ICMP: 3, ICMPV6: 1}
DNS = 53
DNS_HEADER_BYTES, UDP_HEADER_BYTES = 12, 8


@functools.cache
def prefix() -> list[str] | None:
    """What runs a command in a network namespace of its own, or None where that is not allowed."""
    for command in (["unshare", "--net", "--mount"], ["unshare", "--net", "--mount", "--map-root-user"]):
        try:
            if subprocess.run([*command, "true"], capture_output=True, check=False).returncode == 0:
                return command
        except FileNotFoundError:
            break
    return None


def all_addresses_are_here() -> None:
    """Bring the loopback interface up, and let it have every address there is; hide what is reached without it."""
    for folder in filter(os.path.isdir, RESOLVERS):
        subprocess.run(["mount", "-t", "tmpfs", "none", folder], check=True)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        fcntl.ioctl(control, SIOCSIFFLAGS, struct.pack("16sH14x", LOOPBACK.encode(), IFF_UP))
    _to_loopback(socket.AF_INET)
    if Path("/proc/net/if_inet6").exists():
        _to_loopback(socket.AF_INET6)


def _to_loopback(family: int) -> None:
    """`ip route add local default dev lo`, without the program `ip`. Raises OSError."""
    route = struct.pack("8BI", family, 0, 0, 0, RT_TABLE_LOCAL, RTPROT_STATIC, RT_SCOPE_HOST, RTN_LOCAL, 0)
    route += struct.pack("HHi", 8, RTA_OIF, socket.if_nametoindex(LOOPBACK))
    flags = NLM_F_REQUEST | NLM_F_ACK | NLM_F_EXCL | NLM_F_CREATE
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE) as kernel:
        kernel.sendall(struct.pack("IHHII", 16 + len(route), RTM_NEWROUTE, flags, 1, 0) + route)
        error: int = struct.unpack_from("i", kernel.recv(4_096), 16)[0]
        if error:
            raise OSError(-error, os.strerror(-error))


def destination(protocol: int, packet: bytes) -> str | None:
    """Where a packet goes, as "UDP 192.0.2.1 port 53, for the name example.org"; None if it stays, or is an answer.

    Names are asked for at an address of this machine, too, where that passes them on.
    """
    if protocol == ETH_P_IP:
        carried, address, body = packet[9], ip_address(packet[16:20]), packet[(packet[0] & 15) * 4 :]
    elif protocol == ETH_P_IPV6:
        carried, address, body = packet[6], ip_address(packet[24:40]), packet[40:]
    else:
        return f"protocol {protocol:#x}"
    port = int.from_bytes(body[2:4]) if carried in (TCP, UDP) else 0
    answers = body[13] & SYN_AND_ACK != SYN if carried == TCP else body[0] == UNREACHABLE.get(carried)
    if answers or (address.is_loopback and port != DNS):
        return None
    kind = {TCP: "TCP", UDP: "UDP"}.get(carried, f"protocol {carried}")
    asked = f", for the name {_name(body[UDP_HEADER_BYTES:])}" if (carried, port) == (UDP, DNS) else ""
    return f"{kind} {address} port {port}{asked}"


def _name(question: bytes) -> str:
    """The name that a DNS query asks for."""
    labels, at = [], DNS_HEADER_BYTES
    while at < len(question) and question[at]:
        labels.append(question[at + 1 : at + 1 + question[at]].decode("ascii", "replace"))
        at += 1 + question[at]
    return ".".join(labels)


# What TCP carries to 127.0.0.0/8 is the page itself, and so much that other packets would be lost behind it. In the
# kernel's language for filters: operation, steps on if so, steps on if not, operand.
PAGE_FILTER = (
    (0x28, 0, 0, 0xFFFFF000),  # the protocol of the packet
    (0x15, 0, 4, ETH_P_IP),
    (0x30, 0, 0, 9),  # what IP carries
    (0x15, 0, 2, TCP),
    (0x30, 0, 0, 16),  # the first byte of where it goes
    (0x15, 1, 0, 127),
    (0x06, 0, 0, PACKET_BYTES),  # keep
    (0x06, 0, 0, 0),  # drop
)


def _spare(wire: socket.socket) -> None:
    """Keep the page's own packets from a socket."""
    program = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in PAGE_FILTER))
    wire.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, struct.pack("HP", len(PAGE_FILTER), ctypes.addressof(program)))


def watched(command: Sequence[str]) -> tuple[int, list[str]]:
    """Run a command to its end: its exit code, and each destination once, in order."""
    noted: dict[str, None] = {}
    with socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ETH_P_ALL)) as wire:
        _spare(wire)
        wire.bind((LOOPBACK, ETH_P_ALL))
        with subprocess.Popen(command) as process:
            ended = False
            while not ended or select.select([wire], [], [], 0)[0]:
                ended = process.poll() is not None
                if select.select([wire], [], [], SHORTLY)[0]:
                    packet, (_, protocol, *_) = wire.recvfrom(PACKET_BYTES)
                    if to := destination(protocol, packet):
                        noted[to] = None
        lost = struct.unpack("II", wire.getsockopt(SOL_PACKET, PACKET_STATISTICS, 8))[1]
    return process.returncode, [*noted, *([f"{lost} packets that were not seen"] if lost else [])]


if __name__ == "__main__":
    all_addresses_are_here()
    code, left = watched(sys.argv[2:])
    Path(sys.argv[1]).write_text(json.dumps(left), "utf-8")
    sys.exit(code)
