"""Stories told by hand: small worlds with numbers, several phrasings and several questions."""
