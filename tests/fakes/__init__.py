"""Hand-written stand-ins for the ports, each held to the contract of the real thing."""
