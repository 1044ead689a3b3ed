"""Finished verifiers in the forms in which others load them."""
