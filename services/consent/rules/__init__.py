"""Policy as data, and the questions it answers. Pure."""
