"""An older answer never takes the place of a newer one, and none is missed, however late calls and ids arrive."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import APIResponse, Page, Route, expect

from tests.browser.conftest import MakeGated, MakeVisit
from tests.browser.visit import Visit
from tests.gated import Gated

PATIENCE = 20.0
# Which searches were drawn, in their order.
WATCHES = """() => {
  window.drawn = [];
  const look = () => {
    const query = document.querySelector("#results .ss-columns")?.dataset.query;
    if (query && query !== window.drawn.at(-1)) window.drawn.push(query);
  };
  look();
  new MutationObserver(look).observe(document.body, { subtree: true, childList: true, attributes: true });
}"""
DRAWN = "(queries) => queries.every((query) => window.drawn.includes(query))"


class LateIds:
    """The server gets the page's calls at once; its word which id a search has waits until it is let go."""

    def __init__(self, page: Page, *queries: str) -> None:
        self._page = page
        self._queries = queries
        self._waiting: dict[str, tuple[Route, APIResponse]] = {}
        page.route(re.compile("queue/join"), self._came)

    def _came(self, route: Route) -> None:
        sent = route.request.post_data or ""
        query = next((each for each in self._queries if f'"{each}"' in sent), None)
        if query is None or query in self._waiting:
            route.continue_()
        else:
            self._waiting[query] = route, route.fetch()

    def until_asked(self, query: str) -> None:
        """Until the server has given an id to this search."""
        while query not in self._waiting:
            self._page.wait_for_timeout(10)

    def let_go(self, query: str) -> None:
        """Let the browser know it."""
        route, answer = self._waiting[query]
        route.fulfill(response=answer)


def until_begun(gated: Gated, visit: Visit, query: str) -> None:
    """Until the server has begun to search for it."""
    while [query] not in gated.encoder.query_calls:
        visit.page.wait_for_timeout(10)


@pytest.mark.parametrize("first", [0, 1])
def test_of_two_answers_whose_calls_are_known_late_the_newer_one_stays(
    make_visit: MakeVisit, make_gated: MakeGated, first: int
) -> None:
    gated = make_gated()
    gated.open_gates()
    visit = make_visit(gated.url).open()
    visit.wait_for_result("whale", "films")
    # A search that runs keeps the stream open on which the answers come.
    gated.hold_scorer()
    visit.type_query("chess")
    assert gated.scorer.started.wait(PATIENCE)
    expect(visit.columns).to_have_attribute("data-query", "chess")
    visit.page.evaluate(WATCHES)
    queries = ["a dog", "the sea"]
    late = LateIds(visit.page, *queries)
    for query in queries:
        visit.type_query(query)
        late.until_asked(query)
        until_begun(gated, visit, query)
    late.let_go(queries[first])
    late.let_go(queries[1 - first])
    gated.open_gates()
    visit.page.wait_for_function(DRAWN, arg=queries)
    assert visit.page.evaluate("window.drawn") == ["chess", *queries]


def test_a_call_that_is_on_its_way_while_the_server_ends_the_stream_is_answered(
    make_visit: MakeVisit, make_gated: MakeGated
) -> None:
    gated = make_gated()
    gated.open_gates()
    gated.engine.warm().join()
    visit = make_visit(gated.url)
    asked: list[str] = []
    visit.page.on("request", lambda request: asked.append(request.post_data or ""))
    visit.open().wait_for_result("whale", "films")
    # The page asks twice by itself whether all is ready; such a call would open a stream anew.
    while sum('"data":[]' in each for each in asked) < 2:
        visit.page.wait_for_timeout(10)
    gated.hold_scorer()
    with visit.page.expect_request("**/queue/data*") as stream:
        visit.type_query("chess")
    assert gated.scorer.started.wait(PATIENCE)
    expect(visit.columns).to_have_attribute("data-query", "chess")
    waiting: list[Route] = []

    def hold(route: Route) -> None:
        waiting.append(route)

    visit.page.route(re.compile("queue/join"), hold, times=1)
    visit.type_query("a dog")
    while not waiting:
        visit.page.wait_for_timeout(10)
    gated.open_gates()
    answer = stream.value.response()
    assert answer is not None and answer.finished() is None
    waiting[0].continue_()
    visit.wait_for_result("a dog", "films")
