"""What is measured on a run: pure functions from its frames to a number, a Series or a DataFrame. No model, no drawing."""
