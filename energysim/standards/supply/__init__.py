"""The supply standard (Article 6), and the question beneath it: can these customers be served?"""
