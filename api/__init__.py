"""HTTP in, HTTP out. Knows the database and the domain, never a search, a model or a tool."""
