"""What we say about results: indicators, charts and the terminal page. Never imports the model."""
