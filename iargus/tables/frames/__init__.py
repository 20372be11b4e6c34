"""Tables as pandas data frames, some rows at a time, for whoever reads millions of them."""
