"""Gradio, imported without the files that it writes beside its own for editors: they take half of its import."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

MODULE, WRITES = "gradio.component_meta", "create_or_modify_pyi"


class _Finder(MetaPathFinder):
    """Finds one module, once, as the others do, and takes from it what writes the files."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != MODULE:
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(fullname)
        loader: Any = spec.loader if spec else None
        if loader is not None:
            usual = loader.exec_module

            def exec_module(module: ModuleType) -> None:
                usual(module)
                setattr(module, WRITES, lambda *arguments: None)

            loader.exec_module = exec_module
        return spec


def import_gradio_without_stubs() -> None:
    """Before Gradio is imported; it is from then on."""
    sys.meta_path.insert(0, _Finder())
    import gradio  # noqa: F401
