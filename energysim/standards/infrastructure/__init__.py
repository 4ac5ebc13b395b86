"""The infrastructure standard, N−1 (Article 5 and Annex II), and the gas behind the pipes."""
