"""SSD on MobileNet v1: six maps, Reshape and Concat to one list of boxes, Softmax, decoding, suppression."""

import numpy as np

from boxes import kept_boxes


def _layer(net, x, channels, kernel=1, stride=1, group=1):
    return net.clip(net.batch_norm(net.conv(x, channels, kernel, stride, group=group)), 0.0, 6.0)


def _backbone(net, x):
    x, maps = _layer(net, x, net.width(32), 3, 2), []
    plan = [(64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), *[(512, 1)] * 5, (1024, 2), (1024, 1)]
    for at, (channels, stride) in enumerate(plan):
        x = _layer(net, _layer(net, x, net.channels[x], 3, stride, net.channels[x]), net.width(channels))
        if at in (10, 12):
            maps.append(x)
    for narrow, wide in ((256, 512), (128, 256), (128, 256), (64, 128)):
        x = _layer(net, _layer(net, x, net.width(narrow)), net.width(wide), 3, 2)
        maps.append(x)
    return maps


def _sides(side):
    """Height of each map: strides 16 and 32, then halved four times, rounded up."""
    for _ in range(4):
        side = (side + 1) // 2
    sides = [side]
    while len(sides) < 6:
        sides.append((sides[-1] + 1) // 2)
    return sides


def _priors(sides, shapes):
    """Boxes [count, 4] as centre and extent, in the order of the transposed maps."""
    boxes = []
    for level, side in enumerate(sides):
        scale = 0.2 + 0.15 * level
        for row in range(side):
            for column in range(side):
                for ratio in shapes:
                    boxes.append([(column + 0.5) / side, (row + 0.5) / side, scale * ratio ** 0.5, scale / ratio ** 0.5])
    return np.array(boxes, np.float32)


def ssd_mobilenet(net):
    side, classes = (64, 5) if net.small else (300, 91)
    shapes = (1.0, 2.0, 0.5)
    net.at_sizes({})
    x = net.input("image", [1, 3, side, side])
    priors = _priors(_sides(side), shapes)
    offsets, logits = [], []
    for value in _backbone(net, x):
        for head, size, group in ((offsets, 4, len(shapes)), (logits, classes, len(shapes))):
            y = net.conv(value, size * group, 3, bias=True, gain=0.3)
            head.append(net.reshape(net.op("Transpose", y, perm=[0, 2, 3, 1]), 1, -1, size))
    offsets, scores = net.op("Concat", *offsets, axis=1), net.softmax(net.op("Concat", *logits, axis=1), 2)
    center = net.op("Add", net.op("Mul", net.op("Mul", net.slice(offsets, [0], [2], [2]), np.float32(0.1)),
                                  priors[None, :, 2:]), priors[None, :, :2])
    extent = net.op("Mul", net.op("Exp", net.op("Mul", net.slice(offsets, [2], [4], [2]), np.float32(0.2))),
                    priors[None, :, 2:])
    half = net.op("Div", extent, np.float32(2))
    boxes = net.op("Concat", net.op("Sub", center, half), net.op("Add", center, half), axis=2)
    foreground = net.slice(net.op("Transpose", scores, perm=[0, 2, 1]), [1], [classes], [1])
    kept_boxes(net, boxes, foreground, 0.24 if net.small else 0.012, center=False)
    net.output(boxes, "all_boxes", [1, len(priors), 4])
    net.output(scores, "all_scores", [1, len(priors), classes])
