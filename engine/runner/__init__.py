"""Drives a search against the ports: the only place where algorithms meet the world."""

from engine.runner.request import SearchEnd, SearchPorts, SearchRequest
from engine.runner.run import run_search

__all__ = ["SearchEnd", "SearchPorts", "SearchRequest", "run_search"]
