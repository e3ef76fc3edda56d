"""What the tabs' drawings share. Data in, markup out: `markupsafe` escapes every value exactly once."""
