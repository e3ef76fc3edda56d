"""Which methods have to run for those that were asked for, and in which order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from searchcore.checks import check_methods
from searchcore.errors import InvalidInput, UnknownName, quoted
from searchcore.ranking.fusion import Fusion
from searchcore.ranking.method import BI_ENCODER, FUSION, Fusing, Method, Reranking
from searchcore.request import EXPANDING, RULES, Options


def by_key(methods: Iterable[Method]) -> dict[str, Method]:
    """The methods by their key, in running order: each after those whose rankings it needs, else as given.

    Raises InvalidInput for a key that is there twice, a `reranks` that is not there, or methods that rerank each
    other in a circle.
    """
    given: dict[str, Method] = {}
    for method in methods:
        if method.key in given:
            raise InvalidInput(f"methods must each have a key of their own, got {quoted(method.key)} twice.")
        given[method.key] = method
    return {key: given[key] for key in _ordered(given, given)}


def arranged(methods: Mapping[str, Method], options: Options) -> dict[str, Method]:
    """The methods as `options` put them together, in running order.

    What reranks the bi-encoder reranks the method `first`. Raises a SearchError that names the option that can't be.
    """
    if options.first not in methods:
        raise UnknownName(f"first {quoted(options.first)} is not known; choose one of: {', '.join(methods)}.")
    if options.rule not in RULES:
        raise InvalidInput(f"rule must be one of: {', '.join(RULES)}; got {quoted(options.rule)}.")
    fused = check_methods(options.fused, [key for key in methods if key != FUSION], ())
    if len(fused) < 2:  # noqa: PLR2004
        raise InvalidInput(f"fused must name two methods or more, got {quoted(', '.join(fused))}.")
    asked: Any = options.expanded
    unable = [key for key in asked if key not in EXPANDING] if isinstance(asked, list | tuple) else [asked]
    if unable:
        raise InvalidInput(f"expanded must be a list out of: {', '.join(EXPANDING)}; got {quoted(unable[0])}.")
    made = dict(methods)
    for key, method in methods.items():
        if isinstance(method, Fusion):
            made[key] = Fusion({each: methods[each] for each in methods if each in fused}, options.rule)
        elif isinstance(method, Reranking) and method.reranks == BI_ENCODER != options.first:
            made[key] = method.of(options.first)
    return by_key(made.values())


def plan(methods: Mapping[str, Method], asked: Sequence[str]) -> list[Method]:
    """The `asked` methods and those whose rankings they need, however deep, in the order of `methods`."""
    needed = set(_ordered(methods, asked))
    return [method for key, method in methods.items() if key in needed]


def sources(method: Method) -> tuple[str, ...]:
    """The keys of the methods whose rankings it needs."""
    needs = method.needs if isinstance(method, Fusing) else ()
    return needs if method.reranks is None else (*needs, method.reranks)


def _ordered(methods: Mapping[str, Method], asked: Iterable[str]) -> list[str]:
    """The `asked` keys, each behind those whose rankings it needs."""
    order: dict[str, None] = {}

    def add(key: str, path: tuple[str, ...]) -> None:
        if key in order:
            return
        if key in path:
            raise InvalidInput(f"methods must not rerank each other in a circle, got {' → '.join([*path, key])}.")
        if key not in methods:
            reranking = f"method {quoted(path[-1])} reranks " if path else "method "
            raise InvalidInput(f"{reranking}{quoted(key)}, which is not there.")
        for source in sources(methods[key]):
            add(source, (*path, key))
        order[key] = None

    for key in asked:
        add(key, ())
    return list(order)
