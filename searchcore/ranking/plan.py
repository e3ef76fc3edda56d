"""Which methods have to run for those that were asked for, and in which order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from searchcore.errors import InvalidInput, quoted
from searchcore.ranking.method import Method


def by_key(methods: Iterable[Method]) -> dict[str, Method]:
    """The methods by their key, in running order: each after the one it reranks, else as given.

    Raises InvalidInput for a key that is there twice, a `reranks` that is not there, or methods that rerank each
    other in a circle.
    """
    given: dict[str, Method] = {}
    for method in methods:
        if method.key in given:
            raise InvalidInput(f"methods must each have a key of their own, got {quoted(method.key)} twice.")
        given[method.key] = method
    return {key: given[key] for key in _ordered(given, given)}


def plan(methods: Mapping[str, Method], asked: Sequence[str]) -> list[Method]:
    """The `asked` methods and those that they rerank, however deep, in the order of `methods`."""
    needed = set(_ordered(methods, asked))
    return [method for key, method in methods.items() if key in needed]


def _ordered(methods: Mapping[str, Method], asked: Iterable[str]) -> list[str]:
    """The `asked` keys, each behind the chain of methods that it reranks."""
    order: list[str] = []
    for key in asked:
        chain: list[str] = []
        link: str | None = key
        while link is not None and link not in order:
            if link in chain:
                raise InvalidInput(f"methods must not rerank each other in a circle, got {' → '.join([*chain, link])}.")
            if link not in methods:
                reranking = f"method {quoted(chain[-1])} reranks " if chain else "method "
                raise InvalidInput(f"{reranking}{quoted(link)}, which is not there.")
            chain.append(link)
            link = methods[link].reranks
        order += reversed(chain)
    return order
