"""What we say about results: charts, pages and sentences. Never imports the model."""
