"""Which sites may show the page inside their own, found out with the standard library alone."""

from __future__ import annotations

import os
import re

VARIABLE = "SEARCHCORE_FRAMES"
# A Space is shown inside the Hub's own page.
SPACES = ("https://huggingface.co", "https://*.hf.space")
MAX_SITES = 20
_SITE = re.compile(r"https?://(\*\.)?[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63}){0,9}(:[0-9]{1,5})?")


def frames_from_environment() -> tuple[str, ...]:
    """The sites that may frame the page: the Hub's, and those of SEARCHCORE_FRAMES. Raises SystemExit for one that
    is none."""
    named = [site.rstrip("/") for each in os.environ.get(VARIABLE, "").split(",") if (site := each.strip())]
    if len(named) > MAX_SITES:
        raise SystemExit(f"{VARIABLE} may name at most {MAX_SITES} sites, got {len(named)}.")
    for site in named:
        if not _SITE.fullmatch(site):
            raise SystemExit(
                f"{VARIABLE} must name sites such as https://school.example, separated by commas, got {site[:60]!r}."
            )
    return (*SPACES, *named)
