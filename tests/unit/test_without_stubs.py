"""Gradio is imported without what it writes for editors, and nothing else about it changes."""

from __future__ import annotations

import subprocess
import sys

from tests.server import ROOT

ASKS = """
import sys
from ui.without_stubs import MODULE, WRITES, import_gradio_without_stubs
before = list(sys.meta_path)
import_gradio_without_stubs()
assert sys.meta_path == before
import gradio as gr
class Box(gr.Textbox):
    pass
with gr.Blocks():
    box = Box(label="one")
assert sys.modules[MODULE].ComponentMeta is type(Box)
print(box.label, getattr(sys.modules[MODULE], WRITES).__module__)
"""


def test_gradio_works_and_writes_no_file_for_editors() -> None:
    ran = subprocess.run([sys.executable, "-c", ASKS], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (ran.stdout, ran.returncode) == ("one ui.without_stubs\n", 0), ran.stderr
