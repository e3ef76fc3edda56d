"""The setting SEARCHCORE_INDEX: where a vector engine is, if vectors are to be kept in one."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from searchcore.errors import InvalidInput, quoted

INDEX_VARIABLE = "SEARCHCORE_INDEX"
FILE_SUFFIX = ".db"
SCHEMES = ("http", "https")


def index_address() -> str:
    """SEARCHCORE_INDEX, or an empty text where vectors stay in memory. Raises InvalidInput with a sentence."""
    return checked_address(os.environ.get(INDEX_VARIABLE, ""))


def checked_address(address: str) -> str:
    """`address` if a vector engine can be there, and its packages are here. Raises InvalidInput with a sentence."""
    if not address:
        return ""
    is_file = address.endswith(FILE_SUFFIX)
    if is_file and not Path(address).parent.is_dir():
        raise InvalidInput(f"{INDEX_VARIABLE} names a file in a folder that is not there: {quoted(address)}.")
    if not is_file and not _is_server(address):
        raise InvalidInput(
            f"{INDEX_VARIABLE} must be a path that ends in {FILE_SUFFIX} or the address of a server, such as "
            f"http://127.0.0.1:19530, got {quoted(shown(address))}."
        )
    if any(find_spec(package) is None for package in ("pymilvus", *(["milvus_lite"] if is_file else []))):
        raise InvalidInput(f"{INDEX_VARIABLE} needs more packages: pip install -r requirements-scale.txt.")
    return address


def shown(address: str) -> str:
    """`address` as it may stand in a sentence: without a name and a password."""
    before, at, after = address.rpartition("@")
    return f"{before.partition('//')[0]}//{after}" if at and "//" in before else address


def _is_server(address: str) -> bool:
    try:
        parts = urlsplit(address)
        return parts.scheme in SCHEMES and bool(parts.hostname) and parts.port != 0 and parts.path in ("", "/")
    except ValueError:  # a port that is no number, or too large
        return False
