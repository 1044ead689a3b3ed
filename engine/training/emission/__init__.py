"""What one word problem gives: explanations, sub-questions, judged chains, claims and pairs."""
