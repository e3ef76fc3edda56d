"""The tab "Under the hood": any two texts taken apart, a module for each section."""
