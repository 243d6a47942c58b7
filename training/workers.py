"""A function of each of many seeds, by several processes, in order; what comes out does not depend on how many they are.

Every process has one thread: the arrays are so small that the library behind numpy loses more by waking its threads than
they save, five times over. The variables have an effect only where they are set before numpy is imported."""

import multiprocessing
import os

THREAD_VARIABLES = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS")


def one_thread_each():
    for name in THREAD_VARIABLES:
        os.environ.setdefault(name, "1")


def each(function, arguments, processes, chunk=8):
    """`function` must be importable, or a partial of what is."""
    if processes == 1:
        yield from map(function, arguments)
        return
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        yield from pool.imap(function, arguments, chunk)
