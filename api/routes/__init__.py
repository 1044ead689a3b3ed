"""The routes, one file per subject. Each parses, calls one store or use case, and answers."""
