"""Dune's Python SDK: page by page, each row a dict. Called with the address and the number of rows, as the other ways."""

import sys
import time

from dune_client.client import DuneClient

EXECUTION = "01HR8AGD6CWGHGP1BN3Z1SJ4MD"
ONE_ROW = "01HR8AGD6CWGHGP1BN3Z1SJ4M1"


def read(client, execution):
    count, offset = 0, None
    while True:
        page = client.get_execution_results(execution, offset=offset)
        count += len(page.get_rows())
        offset = page.next_offset
        # Given up before the next one is asked for.
        del page
        if offset is None:
            return count


def status(name):
    with open("/proc/self/status") as lines:
        line = next(line for line in lines if line.startswith(name))
    return int(line.split()[1]) * 1024


def main():
    url, rows = sys.argv[-2], int(sys.argv[-1])
    client = DuneClient(api_key="bench", base_url=url)
    # One row over the same code first: connections, pools and code pages are idle memory.
    read(client, ONE_ROW)
    with open("/proc/self/clear_refs", "w") as peak:
        peak.write("5")
    idle = status("VmRSS:")
    begin, processor = time.perf_counter(), time.process_time()
    count = read(client, EXECUTION)
    took, processor = time.perf_counter() - begin, time.process_time() - processor
    if count != rows:
        sys.exit(f"{count} rows of {rows} came")
    print(took, processor, idle, status("VmHWM:"))


main()
