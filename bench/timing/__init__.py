"""Does the time of an answer tell what the answer does not?"""
