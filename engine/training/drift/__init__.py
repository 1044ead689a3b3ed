"""How a model's behaviour moved between two versions, how stable it is, and how it calls tools."""
