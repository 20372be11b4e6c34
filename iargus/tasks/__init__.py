"""What IArgus can predict. A task is one file here and one block in `config.yml`."""
