"""Our look inside Gradio: system fonts, a quiet neutral, one accent. Nothing is fetched from anywhere."""

from __future__ import annotations

import gradio as gr

SANS = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "Helvetica Neue", "Arial", "sans-serif")
MONO = ("ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "Liberation Mono", "monospace")


def build_theme() -> gr.themes.Base:
    """The theme that `launch` takes."""
    return gr.themes.Base(
        primary_hue=gr.themes.colors.indigo,
        secondary_hue=gr.themes.colors.slate,
        neutral_hue=gr.themes.colors.slate,
        radius_size=gr.themes.sizes.radius_md,
        text_size=gr.themes.sizes.text_md,
        font=SANS,
        font_mono=MONO,
    ).set(
        body_background_fill="#f7f8fb",
        body_background_fill_dark="#0e1320",
        body_text_color="#16202f",
        body_text_color_dark="#e7ecf5",
        body_text_color_subdued="#536077",
        body_text_color_subdued_dark="#a3b0c6",
        block_background_fill="#ffffff",
        block_background_fill_dark="#161d2e",
        block_border_color="#dde3ee",
        block_border_color_dark="#2a3550",
        block_shadow="none",
        block_label_background_fill="transparent",
        block_label_background_fill_dark="transparent",
        block_title_text_weight="600",
        input_background_fill="#ffffff",
        input_background_fill_dark="#0e1320",
        input_border_color="#76849c",
        input_border_color_dark="#6b7ca3",
        button_primary_background_fill="#3b3fd6",
        button_primary_background_fill_hover="#2f33b8",
        button_primary_background_fill_dark="#5a61f0",
        button_primary_background_fill_hover_dark="#4a51e6",
        button_primary_text_color="#ffffff",
        button_primary_text_color_dark="#ffffff",
    )
