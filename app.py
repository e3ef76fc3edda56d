"""Start the demo: read the settings, build the engine and the page, serve them."""

import os

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")

from searchcore import Engine
from ui.layout import build_site
from ui.server import address_from_environment, launch, public_address


def main() -> None:
    """Serve the page at once; the models warm up behind it."""
    address = address_from_environment()
    engine = Engine()
    site = build_site(engine, public_address(address))
    launch(site, address)
    engine.warm()
    try:
        site.page.block_thread()
    finally:
        engine.close()


if __name__ == "__main__":
    main()
