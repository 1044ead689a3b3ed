"""The strategies by family: a module a family lists its own."""
