"""The tab "Nearest neighbours": what near enough costs, a query's walk through a graph, and smaller vectors."""
