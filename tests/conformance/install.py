"""Install the clients that the conformance tests drive: `python tests/conformance/install.py [DIR]`.

DIR is AGENTCONV_CLIENTS by default, else ~/.cache/agentconv-clients. About 2.3 GB. Running them needs no network.
"""

from __future__ import annotations

import os
import subprocess
import sys

from installed import CLIENTS, folder


def main() -> None:
    if len(sys.argv) > 1:
        os.environ["AGENTCONV_CLIENTS"] = os.path.abspath(sys.argv[1])
    quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    for name, client in CLIENTS.items():
        if client.missing:
            subprocess.run(["npm", "install", *quiet, "--prefix", str(folder() / client.folder), *client.packages], check=True)
        print(f"{name}: {' '.join(client.packages)}")
    print(f"export AGENTCONV_CLIENTS={folder()}")


if __name__ == "__main__":
    main()
