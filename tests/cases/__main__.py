"""`python -m tests.cases` (`make cases`): replay every case, one line each, and count what is wrong."""

import sys

from tests.cases.case import case_files, differences


def main() -> int:
    wrong = 0
    for file in case_files():
        found = differences(file)
        wrong += bool(found)
        sys.stdout.write(f"{'wrong' if found else 'ok   '} {file.stem}\n" + "".join(f"        {difference}\n" for difference in found))
    sys.stdout.write(f"cases {len(case_files())}, wrong {wrong}\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
