"""The linear programme of a gas system once for every peer, as a good user of that library would write it."""
