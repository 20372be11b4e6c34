"""`iargus compare` beside Evidently and NannyML: the same files, time and memory of each."""
