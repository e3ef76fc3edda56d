"""All HTML and SVG of the page. Data in, markup out: `markupsafe` escapes every value exactly once."""
