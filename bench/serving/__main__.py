import sys

from bench.serving.command import main

if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("stopped; every server has been ended")
