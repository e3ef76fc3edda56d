"""Where what was made once is kept."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

FOLDER_VARIABLE = "SEARCHCORE_CACHE"
SPACE_DISK = Path("/data")


def default_folder() -> Path:
    """SEARCHCORE_CACHE, else the lasting disk of a Space that has one, else the user's cache folder."""
    if named := os.environ.get(FOLDER_VARIABLE):
        return Path(named)
    if os.environ.get("SPACE_ID") and os.access(SPACE_DISK, os.W_OK):
        return SPACE_DISK / "searchcore"
    return platformdirs.user_cache_path("searchcore")
