"""A view to take home: as a table, as a page, as a picture, and as a notebook that works it out again."""
