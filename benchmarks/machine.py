"""What a figure was measured on: it goes beside every one of them."""

from __future__ import annotations

import os
import platform
from pathlib import Path

CPU = Path("/proc/cpuinfo")
# The instructions that int8 kernels choose between.
TELLING = ("avx2", "avx_vnni", "avx512f", "avx512_vnni", "amx_int8", "asimddp", "i8mm")


def machine() -> str:
    """The processor's name, how many cores this process may use, and the instruction sets that matter here."""
    told = _first_core()
    name = told.get("model name") or platform.processor() or platform.machine()
    flags = set((told.get("flags") or told.get("Features") or "").split())
    sets = ", ".join(flag for flag in TELLING if flag in flags) or "none of them known"
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"{name}, {cores} cores, {sets}"


def _first_core() -> dict[str, str]:
    if not CPU.exists():
        return {}
    lines = CPU.read_text("utf-8", "replace").split("\n\n")[0].splitlines()
    return {name.strip(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
