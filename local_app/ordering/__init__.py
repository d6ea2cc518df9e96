"""One order as rows and as texts: what its form, its papers and the commands read of it."""
