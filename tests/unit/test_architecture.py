"""Imports point one way; what is heavy is imported on first use."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MAX_APP_LINES = 60
HEAVY = ("torch", "gradio", "sentence_transformers", "transformers")

# A module may import from its own line and from those above it. A new module needs a place here.
LAYERS = [
    ["errors", "text", "types", "spreadsheet"],
    ["running", "kept"],
    ["checks", "corpora", "models"],
    ["index"],
    ["neighbours"],
    ["memory", "pair_scores", "resources", "request"],
    ["ranking"],
    ["warm_up", "engine"],
    ["evaluate", "explain"],
    ["__main__"],
]
LEVEL = {module: level for level, modules in enumerate(LAYERS) for module in modules}

# What a model does. Whoever calls it somewhere else than in its line delays others, and nobody can take a turn.
MODEL_METHODS = {
    "encode_documents",
    "encode_queries",
    "scores",
    "token_vectors",
    "query_tokens",
    "document_tokens",
}
MATRIX_PRODUCTS = {"dot", "vdot", "inner", "matmul", "tensordot", "einsum"}


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


def attributes(path: Path) -> Iterator[tuple[str, str]]:
    """Each `value.name` in a file, called or not, as the last word of the value and the name: a.b.c is (b, c)."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute):
            value = node.value
            yield getattr(value, "attr", getattr(value, "id", "")), node.attr


def calls_models(path: Path) -> bool:
    """Whether the file is one of those that may call a model themselves."""
    module = module_of(path)
    return (
        # The one place where models are called, each behind its line.
        module == "searchcore.resources"
        # The models, which call each other: late interaction on a bi-encoder's own tokens.
        or module.startswith("searchcore.models.")
        # Without an engine around it, the cache asks the model itself.
        or module == "searchcore.index.embedding_cache"
    )


@pytest.mark.parametrize("path", [path for path in python_files("searchcore") if not calls_models(path)], ids=module_of)
def test_models_are_called_by_the_resources_alone(path: Path) -> None:
    # A field of a record may have the same name (self.query_tokens), and so has the index of the words of a corpus,
    # which is no model (index.scores). Everything else has to go through the resources: resources.query_tokens.
    allowed = {"resources", "self"} | ({"index"} if module_of(path) == "searchcore.ranking.bm25" else set())
    used = {(value, name) for value, name in attributes(path) if name in MODEL_METHODS}
    assert {(value, name) for value, name in used if value not in allowed} == set()


def test_only_the_exact_index_knows_of_a_matrix_of_a_corpus() -> None:
    paths = python_files("searchcore") + python_files("ui")
    using = {module_of(path) for path in paths if any(name == "_matrix" for _, name in attributes(path))}
    assert using == {"searchcore.index.exact"}


def test_only_the_resources_get_vectors_out_of_the_cache() -> None:
    # The engine makes a cache where it was given none, and hands it on. Pair scores are kept in it, but no vectors.
    allowed = {"searchcore.resources", "searchcore.engine", "searchcore.pair_scores"}
    for path in python_files("searchcore") + python_files("ui"):
        names = {name.rpartition(".")[2] for name in imported_names(path)}
        if module_of(path).startswith("searchcore.index") or module_of(path) in allowed:
            continue
        assert not names & {"EmbeddingCache", "ExactIndex"}, f"{path} goes round the index of the resources"


def test_only_the_resources_ask_the_cache_for_vectors() -> None:
    asking = {"embed", "embed_tokens", "kept_tokens"}
    paths = python_files("searchcore") + python_files("ui")
    using = {module_of(path) for path in paths if any(name in asking for _, name in attributes(path))}
    assert using == {"searchcore.resources"}


def test_vectors_are_multiplied_where_it_is_no_search_over_a_corpus() -> None:
    allowed = {
        # The search itself.
        "searchcore.index.exact",
        # Another search, which is compared with the exact one.
        "searchcore.neighbours.fewer_bits",
        "searchcore.neighbours.flat_map",
        "searchcore.neighbours.graph",
        "searchcore.neighbours.recall",
        # Vectors that are made up.
        "searchcore.evaluate.crossing",
        # The tokens of one query with those of one document.
        "searchcore.ranking.late_interaction",
        # The few texts of one experiment with each other.
        "searchcore.explain.work",
        # The query of one task with the texts of its twenty candidates.
        "searchcore.explain.length",
    }
    multiplying = set()
    for path in python_files("searchcore") + python_files("ui"):
        nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
        by_operator = any(isinstance(getattr(node, "op", None), ast.MatMult) for node in nodes)
        # What the page draws has a method called dot, too.
        by_name = any(name in MATRIX_PRODUCTS and value != "drawing" for value, name in attributes(path))
        if by_operator or by_name:
            multiplying.add(module_of(path))
    assert multiplying == allowed


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
