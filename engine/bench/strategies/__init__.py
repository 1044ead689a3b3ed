"""Strategies and stopping rules compared over samples that were recorded once."""
