"""How the programs here hold the watch, and print what it says as c/peer.c does."""
import time


def report(times):
    """Prints the median, the least and the 99th percentile of nanoseconds, which it sorts."""
    times.sort()
    print(f"{times[len(times) // 2]:.1f}\t{times[0]:.1f}\t{times[len(times) * 99 // 100]:.1f}")


def passes(rounds, once):
    """Times each round of `once` by the events that it says it has seen, and reports them."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter_ns()
        count = once()
        times.append((time.perf_counter_ns() - start) / count)
    report(times)
