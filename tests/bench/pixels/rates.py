"""Wilson's score interval of a rate and of a count per picture, and how tables are printed."""

import math

Z = 1.959964  # two-sided 95 %


def wilson(hits, count):
    """(low, high) of hits / count as shares. `hits` may be a sum of shares: a share varies at most as a 0 or 1 does."""
    if count == 0:
        return 0.0, 1.0
    p, z2 = hits / count, Z * Z
    middle = (p + z2 / (2 * count)) / (1 + z2 / count)
    half = Z * math.sqrt(p * (1 - p) / count + z2 / (4 * count * count)) / (1 + z2 / count)
    return max(0.0, middle - half), min(1.0, middle + half)


def poisson(events, count):
    """(low, high) of events per picture: the score interval of a Poisson rate."""
    z2 = Z * Z
    middle, half = events + z2 / 2, Z * math.sqrt(events + z2 / 4)
    return max(0.0, (middle - half) / count), (middle + half) / count


def percent(share):
    return f"{100 * share:.2f}"


def table(head, rows):
    widths = [max(len(str(row[k])) for row in [head, *rows]) for k in range(len(head))]
    return "\n".join("  ".join(str(cell).ljust(width) if k == 0 else str(cell).rjust(width)
                               for k, (cell, width) in enumerate(zip(row, widths))).rstrip() for row in [head, *rows])
