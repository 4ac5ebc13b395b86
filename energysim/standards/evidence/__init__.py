"""How far each sourced figure moves the answers."""
