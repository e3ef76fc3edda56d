"""The lesson: steps that a page state describes, a question to predict at each, and what is to be noticed after it."""
