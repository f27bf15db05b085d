"""Charts as SVG: legible on light and dark ground, without any library."""
import html
import math
import os

WIDTH = 760
LEFT, RIGHT = 210, 90
ROW = 26
# Greys and one blue, of enough contrast on white and on near-black.
INK, FAINT, BAR, OURS = "#7d7d7d", "#7d7d7d55", "#7d7d7d77", "#3b82d6"
FONT = "font-family=\"system-ui, sans-serif\""


def ticks(most, wanted=5):
    """Round numbers from 0 up to the first that is not below `most`."""
    power = 10 ** math.floor(math.log10(most / wanted))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor * wanted >= most)
    return [step * index for index in range(math.ceil(most / step - 1e-9) + 1)]


def scaled(value):
    """A number as an axis has it."""
    for limit, sign in ((1e6, " M"), (1e3, " k")):
        if value >= limit:
            return f"{value / limit:.3g}{sign}"
    return f"{value:.3g}"


def text(x, y, words, anchor="start", size=12, weight="normal", more=""):
    return (f'<text x="{x:.1f}" y="{y:.1f}" {FONT} font-size="{size}" font-weight="{weight}" '
            f'text-anchor="{anchor}" fill="{INK}"{more}>{html.escape(words)}</text>')


def line(x1, y1, x2, y2, colour=FAINT, width=1):
    return (f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" '
            f'stroke-width="{width}"/>')


def document(height, title, parts):
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
        f'aria-label="{html.escape(title)}">',
        text(12, 24, title, size=15, weight="600"), *parts, "</svg>"]) + "\n"


def bars(workload):
    """A bar for each store, with a whisker from the least to the most of its runs."""
    order = sorted(workload.filled, key=lambda runs: runs.median, reverse=workload.more_is_better)
    most = max(runs.spread[1] for runs in order)
    # One slow store must not squeeze all others against the axis.
    steps = ticks(min(most, 4 * sorted(runs.median for runs in order)[len(order) // 2])
                  if not workload.more_is_better else most)
    top, bottom = 44, 44 + ROW * len(order)
    end = steps[-1]

    def place(value):
        return LEFT + (WIDTH - LEFT - RIGHT) * min(value, end) / end

    parts = []
    for step in steps:
        parts.append(line(place(step), top, place(step), bottom))
        parts.append(text(place(step), bottom + 16, scaled(step), "middle", 11))
    direction = "more is better" if workload.more_is_better else "less is better"
    parts.append(text((LEFT + WIDTH - RIGHT) / 2, bottom + 36,
                      f"{workload.unit} ({direction}); whisker: spread", "middle", 11))
    for index, runs in enumerate(order):
        parts += bar(runs, top + ROW * index, place, end)
    return document(bottom + 48, workload.title, parts)


def bar(runs, top, place, end):
    middle = top + ROW / 2
    is_ours = runs.title.startswith("uetlog")
    right = place(runs.median)
    low, high = (place(value) for value in runs.spread)
    label = scaled(runs.median) + (" →" if runs.median > end else "")
    return [
        text(LEFT - 8, middle + 4, runs.title, "end", 12, "600" if is_ours else "normal"),
        f'<rect x="{LEFT}" y="{top + 5}" width="{max(right - LEFT, 1):.1f}" height="{ROW - 10}" '
        f'fill="{OURS if is_ours else BAR}"/>',
        line(low, middle, high, middle, INK, 1.5), line(low, middle - 4, low, middle + 4, INK, 1.5),
        line(high, middle - 4, high, middle + 4, INK, 1.5),
        text(max(right, high) + 6, middle + 4, label, "start", 11)]


def lines(title, x_unit, panels):
    """Panels under each other, each `(unit, {name: [(x, y), …]})`, over one axis of events."""
    height, gap, parts = 120, 56, []
    most = max(x for _, series in panels for points in series.values() for x, _ in points)
    across = ticks(most)

    def across_place(value):
        return 90 + (WIDTH - 240) * value / across[-1]

    for index, (unit, series) in enumerate(panels):
        top = 60 + index * (height + gap)
        up = ticks(max(y for points in series.values() for _, y in points) * 1.05 or 1, 4)
        parts.append(text(12, top - 10, unit, size=12, weight="600"))

        def up_place(value, top=top, up=up):
            return top + height - height * value / up[-1]

        for step in up:
            parts.append(line(90, up_place(step), WIDTH - 150, up_place(step)))
            parts.append(text(82, up_place(step) + 4, scaled(step), "end", 11))
        for step in across:
            parts.append(text(across_place(step), top + height + 16, scaled(step), "middle", 11))
        parts += curves(series, across_place, up_place)
    bottom = 60 + len(panels) * (height + gap)
    parts.append(text((90 + WIDTH - 150) / 2, bottom - 18, x_unit, "middle", 11))
    return document(bottom, title, parts)


def curves(series, across_place, up_place):
    """The lines of one panel; names that would overlap are moved up."""
    parts, taken = [], []
    colours = (OURS, INK, "#c9862b", "#4f9d69")
    ordered = sorted(series.items(), key=lambda item: item[1][-1][1])
    for (name, points), colour in zip(ordered, colours):
        path = " ".join(f"{across_place(x):.1f},{up_place(y):.1f}" for x, y in points)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{across_place(x):.1f}" cy="{up_place(y):.1f}" r="3.5" '
                  f'fill="{colour}"/>' for x, y in points]
        y = up_place(points[-1][1]) + 4
        y = min([y, *[other - 14 for other in taken]])
        taken.append(y)
        parts.append(text(WIDTH - 142, y, f"{name} {scaled(points[-1][1])}".strip(), size=11))
    return parts


def write(directory, slug, content):
    os.makedirs(directory, exist_ok=True)
    with open(os.path.join(directory, f"{slug}.svg"), "w", encoding="utf-8") as file:
        file.write(content)
