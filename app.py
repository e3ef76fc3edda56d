"""Start the demo: check the address, then load what is heavy, build the page and serve it."""

import os

from ui.address import address_from_environment, bind, public_address
from ui.frames import frames_from_environment
from ui.logs import bound_logs
from ui.mcp import mcp_from_environment
from ui.open_files import allow_many
from ui.stop import Stop
from ui.vectors import check_vector_engine
from ui.without_stubs import import_gradio_without_stubs
from ui.workers import worker_name

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")


def main() -> None:
    """Serve the page at once; the models warm up behind it. A bad HOST or PORT is told within a second."""
    stop = Stop()
    bound_logs()
    allow_many()
    address = address_from_environment()
    mcp, frames = mcp_from_environment(), frames_from_environment()
    worker = worker_name(address, stop)
    check_vector_engine()
    sockets = bind(address)

    # These take seconds, so they come last.
    import_gradio_without_stubs()
    from searchcore import Engine
    from ui.layout import build_site
    from ui.search.prepared import default_corpus
    from ui.server import launch

    engine = Engine()
    site = build_site(engine, public_address(address), worker)
    stop.before_end(engine.close)
    callers = launch(site, address, sockets, mcp=mcp, frames=frames, worker=worker)
    stop.before_end(callers.tell_all)
    stop.before_end(site.rooms.end_all)
    site.known.ask_after(engine.warm(first=default_corpus(engine)))
    stop.wait()


if __name__ == "__main__":
    main()
