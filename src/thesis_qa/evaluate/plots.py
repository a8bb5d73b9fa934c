"""Risk–coverage curve and reliability diagram as inline SVG, coloured by the page's style."""

from collections.abc import Iterable, Sequence

WIDTH, HEIGHT = 360, 260
LEFT, TOP, RIGHT, BOTTOM = 48, 14, 14, 44  # margins of the frame
TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)

Point = tuple[float, float]


def risk_coverage_svg(points: Sequence[tuple[float, float, float]], answered: float | None) -> str:
    """The curve of (confidence, coverage, risk) points; `answered` marks the share answered."""
    top = max([0.1, *(risk for _, _, risk in points)])
    top = next(tick for tick in (0.1, 0.25, 0.5, 1.0) if top <= tick)
    curve = [(coverage, risk / top) for _, coverage, risk in points]
    body = [_polyline(curve, "curve")]
    body += [
        _dot(point, f"confidence ≥ {level:.2f}: {coverage:.0%} covered, {risk:.1%} not right")
        for point, (level, coverage, risk) in zip(curve, points, strict=True)
    ]
    if answered is not None:
        x = _x(answered)
        body.append(f'<line class="mark" x1="{x}" x2="{x}" y1="{_y(0)}" y2="{_y(1)}"/>')
        side = ("end", x - 5) if answered > 0.6 else ("start", x + 5)
        body.append(
            f'<text class="mark" x="{side[1]:.1f}" y="{_y(1) + 12}" text-anchor="{side[0]}">'
            f"answered: {answered:.0%}</text>"
        )
    name = "Risk–coverage curve: share not answered rightly over the share of questions covered"
    return _frame(name, "coverage", "risk", top, body)


def reliability_svg(bins: Sequence[tuple[float, float, float]]) -> str:
    """(questions, mean confidence, share right) of each bin against the diagonal."""
    body = [_polyline([(0, 0), (1, 1)], "diagonal")]
    curve = [(confidence, right) for _, confidence, right in bins]
    body += [_polyline([(x, x), (x, y)], "gap") for x, y in curve]
    body += [
        _dot((x, y), f"{n:.0f} questions: mean confidence {x:.2f}, {y:.0%} answered rightly")
        for n, x, y in bins
    ]
    name = "Reliability diagram: share answered rightly over mean confidence, ten equal bins"
    return _frame(name, "confidence", "answered rightly", 1.0, body)


def _x(share: float) -> float:
    return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)


def _y(share: float) -> float:
    return round(HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM), 1)


def _polyline(points: Iterable[Point], style: str) -> str:
    return f'<polyline class="{style}" points="{" ".join(f"{_x(x)},{_y(y)}" for x, y in points)}"/>'


def _dot(point: Point, tip: str) -> str:
    x, y = point
    return f'<circle cx="{_x(x)}" cy="{_y(y)}" r="4"><title>{tip}</title></circle>'


def _frame(name: str, across: str, up: str, top: float, body: Iterable[str]) -> str:
    grid = [
        f'<line class="grid" x1="{_x(0)}" x2="{_x(1)}" y1="{_y(t)}" y2="{_y(t)}"/>'
        f'<text x="{LEFT - 6}" y="{_y(t) + 4}" text-anchor="end">{t * top:.0%}</text>'
        f'<text x="{_x(t)}" y="{HEIGHT - BOTTOM + 16}" text-anchor="middle">{t:.0%}</text>'
        for t in TICKS
    ]
    middle = (TOP + HEIGHT - BOTTOM) / 2
    axes = (
        f'<text x="{_x(0.5)}" y="{HEIGHT - 6}" text-anchor="middle">{across}</text>'
        f'<text transform="rotate(-90 11 {middle})" x="11" y="{middle}" text-anchor="middle">'
        f"{up}</text>"
    )
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{name}">'
        f"{''.join(grid)}{axes}{''.join(body)}</svg>"
    )
