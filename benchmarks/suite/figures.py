"""Medians, spreads and ratios."""
import dataclasses
import statistics


def paired(numerators, denominators):
    """The median of the ratios of runs that stood side by side, with the middle half."""
    ratios = sorted(a / b for a, b in zip(numerators, denominators))
    low, high = ratios[len(ratios) // 4], ratios[len(ratios) * 3 // 4]
    return statistics.median(ratios), f"[{low:.2f}..{high:.2f}]"


@dataclasses.dataclass
class Runs:
    """What the runs of one store found: each a figure, and perhaps the 99th percentile."""

    title: str
    note: str = ""
    values: list = dataclasses.field(default_factory=list)
    late: list = dataclasses.field(default_factory=list)

    def add(self, value, late=None):
        self.values.append(value)
        if late is not None:
            self.late.append(late)

    @property
    def median(self):
        return statistics.median(self.values)

    @property
    def spread(self):
        """The least and the most; of many runs the middle nine tenths."""
        ordered = sorted(self.values)
        cut = len(ordered) // 20
        return ordered[cut], ordered[len(ordered) - 1 - cut]

    @property
    def median_late(self):
        return statistics.median(self.late) if self.late else None


@dataclasses.dataclass
class Workload:
    """One thing that all did, in the same run."""

    slug: str
    title: str
    unit: str
    what: str
    more_is_better: bool = True
    late_unit: str = ""
    runs: list = dataclasses.field(default_factory=list)

    def row(self, title, note=""):
        """The row of a store, made when it is first asked for."""
        for runs in self.runs:
            if runs.title == title:
                return runs
        self.runs.append(Runs(title, note))
        return self.runs[-1]

    @property
    def filled(self):
        return [runs for runs in self.runs if runs.values]

    def times_as_fast(self, runs):
        """How many times as fast as `runs` uetlog was."""
        ours = next((own for own in self.filled if own.title == "uetlog"), None)
        if ours is None or ours is runs:
            return ""
        pair = (ours.values, runs.values) if self.more_is_better else (runs.values, ours.values)
        ratio, spread = paired(*pair)
        return f"{ratio:.2f}x {spread}"


def short(value):
    """A figure with three digits that matter."""
    if value >= 1e6:
        return f"{value / 1e6:.2f} M" if value < 1e8 else f"{value / 1e6:,.0f} M"
    if value >= 1e4:
        return f"{value:,.0f}"
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
