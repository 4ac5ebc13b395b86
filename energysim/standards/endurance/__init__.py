"""How long an outage can last, and the stock to stay above."""
