"""The web page: everything that knows Gradio."""
