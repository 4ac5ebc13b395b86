"""What one more unit of capacity, contract, stock or repair is worth."""
