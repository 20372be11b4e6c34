"""A judged month as people read it: report page, mail, terminal."""
