"""Reading answers: find the marked final answer, give it a canonical key, compare two by key."""
