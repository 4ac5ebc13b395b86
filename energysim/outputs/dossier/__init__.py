"""The pages of a dossier, and the sentences of its chapters."""
