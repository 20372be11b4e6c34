"""Who may have a token: `issuing` of config.yml."""
