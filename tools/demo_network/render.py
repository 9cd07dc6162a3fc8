"""Renders labelled 28x28 colour images: one shape each, among clutter. Plain numpy, one seed per split."""

import numpy as np

SIDE = 28
OVERSAMPLE = 3  # edges are antialiased by averaging OVERSAMPLE x OVERSAMPLE points per pixel

# A shape is a predicate over coordinates in its own frame, where it fits the unit disc.


def _radius(x, y):
    return np.hypot(x, y)


def _star(x, y, points=5, inner=0.42):
    angle = np.arctan2(y, x) % (2 * np.pi / points) - np.pi / points
    # Distance of the star's straight edge from the centre, along this angle.
    half = np.pi / points
    edge = inner * np.sin(half) / (np.sin(half - np.abs(angle)) * inner + np.sin(np.abs(angle)) + 1e-9)
    return _radius(x, y) < edge


def _heart(x, y):
    x, y = 1.25 * x, 1.25 * y + 0.1
    return (x * x + y * y - 0.75) ** 3 - x * x * y**3 < 0


SHAPES = {
    "disc": lambda x, y: _radius(x, y) < 0.9,
    "ring": lambda x, y: np.abs(_radius(x, y) - 0.72) < 0.22,
    "square": lambda x, y: np.maximum(np.abs(x), np.abs(y)) < 0.76,
    "frame": lambda x, y: np.abs(np.maximum(np.abs(x), np.abs(y)) - 0.6) < 0.19,
    "triangle": lambda x, y: (y > -0.5) & (y < 1.0 - np.sqrt(3) * np.abs(x)),
    "cross": lambda x, y: (np.minimum(np.abs(x), np.abs(y)) < 0.27) & (np.maximum(np.abs(x), np.abs(y)) < 0.92),
    "star": _star,
    "crescent": lambda x, y: (_radius(x, y) < 0.95) & (_radius(x - 0.5, y) > 0.75),
    "heart": _heart,
    "arrow": lambda x, y: ((np.abs(y) < 0.2) & (x > -0.95) & (x < 0.25)) | ((x >= 0.05) & (x < 0.95 - 1.2 * np.abs(y))),
    "bowtie": lambda x, y: (np.abs(y) < 0.15 + 0.62 * np.abs(x)) & (np.abs(x) < 0.85),
    "checkers": lambda x, y: (np.maximum(np.abs(x), np.abs(y)) < 0.85)
    & (((np.floor((x + 0.85) / 0.5667) + np.floor((y + 0.85) / 0.5667)) % 2) == 0),
}
CLASSES = list(SHAPES)


def _grid():
    points = (np.arange(SIDE * OVERSAMPLE) + 0.5) / OVERSAMPLE
    return np.meshgrid(points, points)


_X, _Y = _grid()


def _blend(canvas, mask, colour):
    """Paints `colour` ([3], or [H,W,3]) where `mask` (0..1, [H,W]) says so."""
    return canvas + mask[..., None] * (colour - canvas)


def _down(values):
    return values.reshape(SIDE, OVERSAMPLE, SIDE, OVERSAMPLE).mean((1, 3))


def _background(rng):
    """A two-colour gradient in a random direction, with a soft wave over it."""
    start, end = rng.uniform(0.05, 0.95, (2, 3))
    angle = rng.uniform(0, 2 * np.pi)
    along = _down((_X - SIDE / 2) * np.cos(angle) + (_Y - SIDE / 2) * np.sin(angle)) / SIDE + 0.5
    wave = 0.06 * np.sin(_down(_X) * rng.uniform(0.1, 0.9) + _down(_Y) * rng.uniform(0.1, 0.9) + rng.uniform(0, 6.3))
    return np.clip(start + along[..., None] * (end - start) * 0.6 + wave[..., None], 0, 1)


def _stroke(rng, canvas, width):
    """A straight stroke or an arc of a random colour."""
    centre = rng.uniform(0, SIDE, 2)
    if rng.random() < 0.5:
        angle = rng.uniform(0, np.pi)
        across = (_X - centre[0]) * np.sin(angle) - (_Y - centre[1]) * np.cos(angle)
        along = (_X - centre[0]) * np.cos(angle) + (_Y - centre[1]) * np.sin(angle)
        mask = (np.abs(across) < width) & (np.abs(along) < rng.uniform(3, 9))
    else:
        distance = np.hypot(_X - centre[0], _Y - centre[1])
        side = np.arctan2(_Y - centre[1], _X - centre[0]) > rng.uniform(-2, 2)
        mask = (np.abs(distance - rng.uniform(3, 8)) < width) & side
    return _blend(canvas, _down(mask.astype(float)), rng.uniform(0, 1, 3))


def _fill(rng, colour):
    """The shape's inside: plain, shaded or finely striped."""
    kind = rng.integers(3)
    if kind == 0:
        return colour
    angle = rng.uniform(0, 2 * np.pi)
    along = _down(_X * np.cos(angle) + _Y * np.sin(angle))
    if kind == 1:
        return np.clip(colour * (1 + 0.03 * (along - along.mean()))[..., None], 0, 1)
    stripes = 0.13 * np.sin(along * rng.uniform(1.5, 2.6))
    return np.clip(colour + stripes[..., None], 0, 1)


def _contrasting(rng, ground, least):
    """A colour whose distance from `ground` is at least `least`."""
    while True:
        colour = rng.uniform(0, 1, 3)
        if np.linalg.norm(colour - ground) > least:
            return colour


def render(rng, label):
    """One uint8 image [SIDE,SIDE,3] that shows CLASSES[label]."""
    canvas = _background(rng)
    for _ in range(rng.integers(1, 5)):
        canvas = _stroke(rng, canvas, rng.uniform(0.3, 0.9))

    size = rng.uniform(5.0, 11.0)
    reach = max(0.0, SIDE / 2 - size)
    centre = SIDE / 2 + rng.uniform(-reach, reach, 2)
    angle, squeeze = rng.uniform(0, 2 * np.pi), rng.uniform(0.78, 1.0)
    dx, dy = (_X - centre[0]) / size, (_Y - centre[1]) / size
    x = (dx * np.cos(angle) + dy * np.sin(angle)) / squeeze
    y = -dx * np.sin(angle) + dy * np.cos(angle)
    mask = _down(SHAPES[CLASSES[label]](x, y).astype(float))
    ground = canvas[int(centre[1]), int(centre[0])]
    canvas = _blend(canvas, mask * rng.uniform(0.75, 1.0), _fill(rng, _contrasting(rng, ground, 0.35)))

    if rng.random() < 0.4:  # something in front
        canvas = _stroke(rng, canvas, rng.uniform(0.3, 0.8))
    canvas = canvas + rng.normal(0, rng.uniform(0.01, 0.1), canvas.shape)
    return np.round(np.clip(canvas, 0, 1) * 255).astype(np.uint8)


def image_set(count, seed):
    """`count` images [count,SIDE,SIDE,3] uint8 and labels [count] int64: all classes equally often, in random order."""
    rng = np.random.default_rng(seed)
    labels = rng.permutation(np.arange(count) % len(CLASSES)).astype(np.int64)
    return np.stack([render(rng, label) for label in labels]), labels
