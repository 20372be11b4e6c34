"""The monthly run: `python model_monitoring.py --help`. The same program as `iargus monitor`."""

import sys

from iargus.cli.main import main

if __name__ == "__main__":
    sys.argv[1:1] = ["monitor"]
    main()
