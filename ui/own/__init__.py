"""A corpus that one browser tab has given: kept in memory under the tab's secret, and gone with it."""
