"""Fetch a model from the Hugging Face Hub: only files that can't carry code, with progress, at a known commit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
from huggingface_hub import snapshot_download
from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError
from tqdm.auto import tqdm

from searchcore.errors import ModelUnavailable
from searchcore.models.protocols import Report

BRANCH = "main"
# Weights as safetensors only: a pickle could run code.
FILES = ["*.safetensors", "*.json", "*.txt", "*.model"]
SKIPPED = ["onnx/*", "openvino/*", "*/onnx/*"]
ANSWER_SECONDS = 5.0


def fetch(name: str, stays_in_use: str, report: Report) -> tuple[Path, str]:
    """Folder and commit of the newest `name`; the local copy where the Hub can't be reached.

    Raises ModelUnavailable, naming the model that stays in use, when neither can be had.
    """
    try:
        folder = snapshot_download(
            name,
            revision=BRANCH,
            allow_patterns=FILES,
            ignore_patterns=SKIPPED,
            etag_timeout=ANSWER_SECONDS,
            tqdm_class=_reporting(report),
        )
    except (HfHubHTTPError, LocalEntryNotFoundError, httpx.HTTPError, OSError, ValueError) as error:
        raise ModelUnavailable(
            f"{name} could not be fetched from the Hugging Face Hub (is there an internet connection?); "
            f"{stays_in_use} stays in use."
        ) from error
    path = Path(folder)
    return path, path.name


def _reporting(report: Report) -> type[tqdm[Any]]:
    """A progress bar that prints nothing and reports (done, total), files or bytes as the Hub client counts."""

    class Reporting(tqdm):  # type: ignore[misc]
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            kwargs.pop("name", None)
            kwargs["disable"] = False
            kwargs["file"] = _Silence()
            super().__init__(*args, **kwargs)

        def update(self, n: float | None = 1) -> bool | None:
            shown: bool | None = super().update(n)
            report(int(self.n), int(self.total or 0))
            return shown

    return Reporting


class _Silence:
    def write(self, text: str) -> int:
        return len(text)

    def flush(self) -> None:
        return None
