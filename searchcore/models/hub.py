"""Fetch a model from the Hugging Face Hub: only files that can't carry code, with progress, at a known commit."""

from __future__ import annotations

import logging
import threading
from pathlib import Path
from typing import Any

import httpx2
from huggingface_hub import HfApi, set_client_factory, snapshot_download
from tqdm import tqdm

from searchcore.errors import ModelUnavailable
from searchcore.models.hub_client import bounded_client
from searchcore.models.protocols import Report

BRANCH = "main"
# Weights as safetensors only: a pickle could run code. artifact.metadata is JSON: the lengths of a ColBERT model.
FILES = ["*.safetensors", "*.json", "*.txt", "*.model", "artifact.metadata"]
SKIPPED = ["onnx/*", "openvino/*", "*/onnx/*"]
ANSWER_SECONDS = 5.0
# What the Hub's client raises: httpx2 for the connection, OSError for its own errors and the disk,
# ValueError for an answer that is no JSON, RuntimeError from the part that fetches large files.
FETCH_ERRORS = (httpx2.HTTPError, OSError, ValueError, RuntimeError)

log = logging.getLogger("searchcore")
set_client_factory(bounded_client)


def fetch(name: str, stays_in_use: str, report: Report) -> tuple[Path, str]:
    """Folder and commit of the newest `name`; the local copy where the Hub can't be reached.

    `report` is called with bytes. Raises ModelUnavailable, naming the model that stays in use, when
    neither can be had.
    """
    try:
        folder = snapshot_download(
            name,
            revision=BRANCH,
            allow_patterns=FILES,
            ignore_patterns=SKIPPED,
            etag_timeout=ANSWER_SECONDS,
            tqdm_class=_reporting(report),
            local_files_only=not _hub_answers(name),
        )
    except FETCH_ERRORS as error:
        raise ModelUnavailable(
            f"{name} could not be fetched from the Hugging Face Hub (is there an internet connection?); "
            f"{stays_in_use} stays in use."
        ) from error
    path = Path(folder)
    return path, path.name


def _hub_answers(name: str) -> bool:
    """Whether the Hub knows the model and says so in time: snapshot_download asks the same with no limit of time."""
    try:
        HfApi().model_info(name, revision=BRANCH, timeout=ANSWER_SECONDS)
    except FETCH_ERRORS as error:
        log.warning("The Hugging Face Hub gives no answer about %s (%s).", name, error)
        return False
    return True


def _reporting(report: Report) -> type[tqdm[Any]]:
    """A progress bar that prints nothing and reports (bytes done, bytes in all).

    The Hub's client makes three bars: bytes received, bytes written, and files. The two of bytes have
    the same total, and the one that is ahead is reported; the one of files would make the numbers jump.
    """
    furthest = largest = 0

    class Reporting(tqdm):  # type: ignore[misc]
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **{**kwargs, "disable": False, "file": _Silence()})

        def update(self, n: float | None = 1) -> bool | None:
            nonlocal furthest, largest
            with self.get_lock():
                shown: bool | None = super().update(n)
                if self.unit == "B":
                    furthest = max(furthest, int(self.n))
                    largest = max(largest, furthest, int(self.total or 0))
                    report(furthest, largest)
            return shown

    # Files come in several threads. tqdm's own lock is one between processes and starts a process for it.
    Reporting.set_lock(threading.RLock())
    return Reporting


class _Silence:
    def write(self, text: str) -> int:
        return len(text)

    def flush(self) -> None:
        return None
