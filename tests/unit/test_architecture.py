"""Imports point one way; what is heavy is imported on first use."""

from __future__ import annotations

import ast
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MAX_APP_LINES = 60
HEAVY = ("torch", "gradio", "sentence_transformers", "transformers")

# A module may import from its own line and from those above it. A new module needs a place here.
LAYERS = [
    ["errors", "types"],
    ["methods", "checks", "array_files", "corpora", "jobs", "models", "spreadsheet"],
    ["embeddings"],
    ["retrieve"],
    ["rerank", "late_interaction"],
    ["memory", "scoring", "stages", "engine"],
    ["explain", "evaluate"],
    ["__main__"],
]
LEVEL = {module: level for level, modules in enumerate(LAYERS) for module in modules}


def imported_names(path: Path) -> set[str]:
    """Full names of all that a file imports, in functions and under TYPE_CHECKING too."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}, line {node.lineno}: a relative import"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def python_files(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


def module_of(path: Path) -> str:
    """searchcore/models/onnx.py -> searchcore.models.onnx"""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def module_imports() -> dict[str, set[str]]:
    """For each module of searchcore, the modules of searchcore that it imports."""
    modules = {module_of(path): path for path in python_files("searchcore")}
    imports: dict[str, set[str]] = {}
    for module, path in modules.items():
        names = {name for name in imported_names(path) if name.split(".")[0] == "searchcore"}
        # "searchcore.types.Corpus" is a name in the module searchcore.types.
        imports[module] = {name if name in modules else name.rpartition(".")[0] for name in names}
    return imports


def top(module: str) -> str:
    """searchcore.models.onnx -> models"""
    return module.split(".")[1]


INNER = {module: found for module, found in module_imports().items() if "." in module}


@pytest.mark.parametrize("module", INNER)
def test_a_module_imports_only_from_earlier_layers(module: str) -> None:
    assert top(module) in LEVEL, f"{module} has no place in LAYERS"
    for imported in INNER[module]:
        assert imported != "searchcore", f"{module} imports the package that imports it"
        assert LEVEL[top(imported)] <= LEVEL[top(module)], f"{module} imports {imported}"


def test_no_two_modules_import_each_other() -> None:
    order = list(TopologicalSorter(module_imports()).static_order())
    assert order.index("searchcore.types") < order.index("searchcore.engine") < order.index("searchcore")


@pytest.mark.parametrize("path", python_files("searchcore"), ids=module_of)
def test_searchcore_knows_nothing_of_the_page(path: Path) -> None:
    assert not {name.split(".")[0] for name in imported_names(path)} & {"ui", "gradio", "gradio_client", "app"}


@pytest.mark.parametrize("path", python_files("ui"), ids=module_of)
def test_the_page_imports_neither_the_app_nor_the_tests(path: Path) -> None:
    assert not {name.split(".")[0] for name in imported_names(path)} & {"app", "tests"}


def test_app_is_short() -> None:
    app = ROOT / "app.py"
    if not app.exists():
        pytest.skip("there is no app.py")
    assert len(app.read_text(encoding="utf-8").splitlines()) <= MAX_APP_LINES


def test_importing_searchcore_imports_nothing_heavy() -> None:
    code = f"import sys, searchcore; print(*[name for name in {HEAVY} if name in sys.modules])"
    child = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert child.stdout.split() == []


def test_every_public_name_is_there() -> None:
    import searchcore

    assert sorted(searchcore.__all__) == sorted(set(searchcore.__all__))
    assert [name for name in searchcore.__all__ if not hasattr(searchcore, name)] == []
