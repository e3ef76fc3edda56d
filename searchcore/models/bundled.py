"""Weights that come inside installed packages: found without importing the package, checked before use."""

from __future__ import annotations

import hashlib
import importlib.util
import json
from dataclasses import dataclass
from pathlib import Path

from searchcore.errors import ModelUnavailable


@dataclass(frozen=True, slots=True)
class BundledFiles:
    """A folder inside an installed package, with the sha256 of each file that is read: weights and configuration."""

    package: str
    folder: str
    sha256: dict[str, str]

    @property
    def fingerprint(self) -> str:
        """One hash of all files: it changes when any of them does."""
        return hashlib.sha256(json.dumps(sorted(self.sha256.items())).encode()).hexdigest()

    def checked_folder(self) -> Path:
        """The folder, once every listed file has the right content. Raises ModelUnavailable otherwise."""
        spec = importlib.util.find_spec(self.package)
        if spec is None or not spec.submodule_search_locations:
            raise ModelUnavailable(
                f"The package {self.package}, which carries a model, is not installed; install requirements.txt again."
            )
        folder = Path(spec.submodule_search_locations[0]) / self.folder
        for name, expected in self.sha256.items():
            path = folder / name
            if not path.is_file() or _sha256(path) != expected:
                raise ModelUnavailable(
                    f"The model file {name} of the package {self.package} is missing or damaged; "
                    "install requirements.txt again."
                )
        return folder


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
