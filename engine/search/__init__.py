"""The search algorithms: stateless objects, pure functions over a state their caller owns."""
