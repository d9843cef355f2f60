"""Draws what a benchmark printed with --csv.

usage: swift run -c release transforms-benchmark --csv > transforms.csv
       python3 Benchmarks/plot.py transforms.csv transforms.png [COLUMN…]

One bar for each line and column; without columns those that compare with memcpy. Needs matplotlib.
"""

import csv
import sys


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    try:
        import matplotlib

        matplotlib.use("Agg")
        from matplotlib import pyplot
    except ImportError:
        sys.exit("plot: this needs matplotlib (pip install matplotlib)")
    with open(sys.argv[1], newline="") as file:
        rows = list(csv.reader(file))
    names = rows[0][1:]
    columns = sys.argv[3:] or [name for name in names if name.startswith("x ")] or names
    unknown = [column for column in columns if column not in names]
    if unknown:
        sys.exit(f"plot: there is no column {unknown[0]!r}; there are {', '.join(names)}")
    lines = rows[:0:-1]
    figure, axes = pyplot.subplots(figsize=(10, 0.35 * len(lines) * max(len(columns) / 2, 1) + 1))
    height = 0.8 / len(columns)
    for number, column in enumerate(columns):
        values = [float(line[names.index(column) + 1]) for line in lines]
        places = [place - number * height for place in range(len(lines))]
        axes.barh(places, values, height, label=column)
    axes.set_yticks(range(len(lines)), [line[0] for line in lines])
    axes.axvline(1, color="black", linewidth=0.8)
    axes.legend()
    figure.tight_layout()
    figure.savefig(sys.argv[2], dpi=120)


if __name__ == "__main__":
    main()
