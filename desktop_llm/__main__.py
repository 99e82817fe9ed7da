"""python -m desktop_llm"""

import sys

from desktop_llm.app import main

if __name__ == "__main__":
    sys.exit(main())
