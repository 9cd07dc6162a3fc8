"""YOLO v2, v3, v5 and v8: the true backbones and heads, decoding in the graph."""

import numpy as np

from boxes import kept_boxes


def _image(net, side, small_side, batch="N"):
    side = small_side if net.small else side
    net.at_sizes(*([{}] if batch == 1 else [{"N": 1}, {"N": 2}]))
    return net.input("images", [batch, 3, side, side]), side


def _classes(net):
    return 6 if net.small else 80


# v2 and v3: Darknet, LeakyRelu.

def _leaky(net, x, channels, kernel=3, stride=1, scale=1.0, **more):
    x = net.batch_norm(net.conv(x, channels, kernel, stride, gain=1.98, **more), scale)
    return net.op("LeakyRelu", x, alpha=0.1)


def yolo_v2(net):
    """YOLO v2 as the ONNX zoo has it: SAME_UPPER padding, the passthrough layer by Reshape and Transpose, one map out."""
    same = {"auto_pad": "SAME_UPPER"}

    def layer(x, channels, kernel=3):
        return _leaky(net, x, net.width(channels), kernel, **same)

    x, side = _image(net, 416, 64, batch=1)
    x = net.op("Add", net.op("Mul", x, net.constant(np.full(1, 1.1, np.float32))), net.normal((3, 1, 1), 0.1))
    net.channels[x] = 3
    for stage, widths in enumerate(((32,), (64,), (128, 64, 128), (256, 128, 256), (512, 256, 512, 256, 512))):
        if stage > 0:
            x = net.max_pool(x, 2, 2, auto_pad="SAME_UPPER")
        for at, width in enumerate(widths):
            x = layer(x, width, 1 if at % 2 else 3)
    fine, grid = layer(x, 64, 1), side // 32
    x = net.max_pool(x, 2, 2, **same)
    for at, width in enumerate((1024, 512, 1024, 512, 1024, 1024, 1024)):
        x = layer(x, width, 1 if at in (1, 3) else 3)
    channels = net.channels[fine]
    fine = net.reshape(fine, 1, channels, grid, 2, grid, 2)
    fine = net.op("Transpose", fine, perm=[0, 3, 5, 1, 2, 4])
    fine = net.reshape(fine, 1, 4 * channels, grid, grid)
    net.channels[fine] = 4 * channels
    x = layer(net.concat(fine, x), 1024)
    outputs = 5 * (5 + _classes(net))
    net.output(net.conv(x, outputs, 1, bias=True, gain=1.0, **same), "grid", [1, outputs, grid, grid])


def yolo_v3(net):
    """YOLO v3: Darknet-53, three scales, raw maps transposed as the zoo's export has them."""
    def residual(x, channels):
        y = _leaky(net, _leaky(net, x, channels // 2, 1), channels, scale=0.3)
        return net.op("Add", x, y)

    def set_of_five(x, channels):
        for at in range(5):
            x = _leaky(net, x, channels if at % 2 == 0 else 2 * channels, 1 if at % 2 == 0 else 3)
        return x

    x, _ = _image(net, 416, 64)
    x, levels = _leaky(net, x, net.width(32)), []
    for channels, repeats in ((64, 1), (128, 2), (256, 8), (512, 8), (1024, 4)):
        x = _leaky(net, x, net.width(channels), 3, 2)
        for _ in range(repeats):
            x = residual(x, net.width(channels))
        levels.append(x)
    outputs, maps = 3 * (5 + _classes(net)), []
    for at, channels in enumerate((512, 256, 128)):
        if at > 0:
            x = net.concat(net.upscale(_leaky(net, x, net.width(channels), 1)), levels[4 - at])
        x = set_of_five(x, net.width(channels))
        maps.append(net.conv(_leaky(net, x, 2 * net.width(channels)), outputs, 1, bias=True, gain=1.0))
    for stride, value in zip((32, 16, 8), maps):
        net.output(net.op("Transpose", value, perm=[0, 2, 3, 1]), f"map_{stride}", 4)


# v5 and v8: SiLU, cross-stage blocks, spatial pyramid pooling.

def _silu(net, x, channels, kernel=1, stride=1):
    return net.silu(net.batch_norm(net.conv(x, channels, kernel, stride, gain=2.2)))


def _pyramid_pool(net, x, channels):
    """SPPF: three poolings of five, one behind the other."""
    pools = [_silu(net, x, net.channels[x] // 2)]
    for _ in range(3):
        pools.append(net.max_pool(pools[-1], 5, 1, 2))
    return _silu(net, net.concat(*pools), channels)


def _bottlenecks(net, x, repeats, add, kernel=1):
    for _ in range(repeats):
        y = _silu(net, _silu(net, x, net.channels[x], kernel), net.channels[x], 3)
        x = net.op("Add", x, y) if add else y
        yield x


def _c3(net, x, channels, repeats, add=True):
    half = channels // 2
    left = _silu(net, x, half)
    for left in _bottlenecks(net, left, repeats, add):
        pass
    return _silu(net, net.concat(left, _silu(net, x, half)), channels)


def _c2f(net, x, channels, repeats, add=True):
    left, right = net.chunk(_silu(net, x, channels), 2)
    return _silu(net, net.concat(left, right, *_bottlenecks(net, right, repeats, add, 3)), channels)


def _pan(net, x, stem, block, narrow_first):
    """Backbone and path aggregation at half the width of the s models and a third of the depth; three maps."""
    def width(channels):
        return net.width(channels // 2)

    x = net.silu(net.batch_norm(net.conv(x, width(64), stem, 2, 2 if stem == 6 else None, gain=2.2)))
    levels = []
    for channels, repeats in ((128, 1), (256, 2), (512, 3 if narrow_first else 2), (1024, 1)):
        x = block(net, _silu(net, x, width(channels), 3, 2), width(channels), repeats)
        levels.append(x)
    top = _pyramid_pool(net, x, width(1024))
    if narrow_first:
        top = _silu(net, top, width(512))
    middle = block(net, net.concat(net.upscale(top), levels[2]), width(512), 1, False)
    if narrow_first:
        middle = _silu(net, middle, width(256))
    fine = block(net, net.concat(net.upscale(middle), levels[1]), width(256), 1, False)
    middle = block(net, net.concat(_silu(net, fine, width(256), 3, 2), middle), width(512), 1, False)
    top = block(net, net.concat(_silu(net, middle, width(512), 3, 2), top), width(1024), 1, False)
    return fine, middle, top


def yolo_v5(net, tail=False):
    """YOLO v5: sigmoid decoding with anchors in the graph, all candidates in one output."""
    x, side = _image(net, 640, 64, batch=1 if tail else "N")
    classes, strides = _classes(net), (8, 16, 32)
    candidates, parts = 5 + classes, []
    batch = 1 if tail else net.size_of(x, 0)
    for stride, value in zip(strides, _pan(net, x, 6 if not net.small else 3, _c3, True)):
        grid = side // stride
        y = net.conv(value, 3 * candidates, 1, bias=True, gain=0.5)
        y = net.op("Reshape", y, net.shape_of(batch, 3, candidates, grid, grid))
        y = net.op("Sigmoid", net.op("Transpose", y, perm=[0, 1, 3, 4, 2]))
        xy, wh, scores = net.split(y, [2, 2, classes + 1], axis=4)
        rows, columns = np.meshgrid(np.arange(grid), np.arange(grid), indexing="ij")
        cells = np.stack([columns, rows], -1).astype(np.float32).reshape(1, 1, grid, grid, 2) - np.float32(0.5)
        xy = net.op("Mul", net.op("Add", net.op("Mul", xy, np.float32(2)), cells), np.float32(stride))
        anchors = net.uniform((1, 3, 1, 1, 2), stride, 4 * stride)
        wh = net.op("Mul", net.op("Pow", net.op("Mul", wh, np.float32(2)), net.constant_node(np.float32(2))), anchors)
        y = net.op("Concat", xy, wh, scores, axis=4)
        parts.append(net.op("Reshape", y, net.shape_of(batch, 3 * grid * grid, candidates)))
    found = net.op("Concat", *parts, axis=1)
    if tail:
        _yolo_v5_tail(net, found, classes)
    net.output(found, "candidates", ["N" if not tail else 1, "count", candidates])


def _yolo_v5_tail(net, found, classes):
    boxes = net.slice(found, [0], [4], [2])
    objectness = net.slice(found, [4], [5], [2])
    scores = net.op("Mul", net.slice(found, [5], [5 + classes], [2]), objectness)
    kept_boxes(net, boxes, net.op("Transpose", scores, perm=[0, 2, 1]), 0.25, center=True)


def yolo_v5_nms(net):
    """YOLO v5 with suppression in the graph: an output as long as what was found."""
    yolo_v5(net, tail=True)


def _integral(net, x, bins, anchors):
    """DFL: the expected distance under a softmax over bins, as a 1x1 convolution with the weights 0, 1, 2, ..."""
    x = net.reshape(x, -1, 4, bins, anchors)
    x = net.softmax(net.op("Transpose", x, perm=[0, 2, 1, 3]), 1)
    weights = net.constant(np.arange(bins, dtype=np.float32).reshape(1, bins, 1, 1), "dfl.weight")
    x = net.op("Conv", x, weights, name="dfl", kernel_shape=[1, 1])
    return net.reshape(x, -1, 4, anchors)


def yolo_v8(net, tail=False):
    """YOLO v8: decoupled heads, distances as distributions, anchor points as constants."""
    x, side = _image(net, 640, 64, batch=1 if tail else "N")
    classes, bins, strides, maps = _classes(net), 16, (8, 16, 32), []
    for value in _pan(net, x, 3, _c2f, False):
        box = _silu(net, _silu(net, value, net.width(64), 3), net.width(64), 3)
        score = _silu(net, _silu(net, value, net.width(80), 3), net.width(80), 3)
        both = net.concat(net.conv(box, 4 * bins, 1, bias=True, gain=0.5),
                          net.conv(score, classes, 1, bias=True, gain=0.5))
        maps.append(net.reshape(both, -1, 4 * bins + classes, (side // strides[len(maps)]) ** 2))
    grids = [side // stride for stride in strides]
    anchors = sum(grid * grid for grid in grids)
    joined = net.op("Concat", *maps, axis=2)
    boxes, scores = net.split(joined, [4 * bins, classes])
    distances = _integral(net, boxes, bins, anchors)
    points, steps = [], []
    for grid, stride in zip(grids, strides):
        rows, columns = np.meshgrid(np.arange(grid) + 0.5, np.arange(grid) + 0.5, indexing="ij")
        points.append(np.stack([columns.ravel(), rows.ravel()]))
        steps.append(np.full(grid * grid, stride))
    points = net.constant(np.concatenate(points, 1).astype(np.float32)[None], "anchor_points")
    left_top = net.op("Sub", points, net.slice(distances, [0], [2], [1]))
    right_bottom = net.op("Add", points, net.slice(distances, [2], [4], [1]))
    center = net.op("Div", net.op("Add", left_top, right_bottom), np.float32(2))
    extent = net.op("Sub", right_bottom, left_top)
    boxes = net.op("Mul", net.op("Concat", center, extent, axis=1), np.concatenate(steps).astype(np.float32)[None])
    scores = net.op("Sigmoid", scores)
    found = net.op("Concat", boxes, scores, axis=1)
    if tail:
        best = _best(net, scores, min(100, anchors))
        chosen = net.op("Gather", net.op("Transpose", boxes, perm=[0, 2, 1]), best, axis=1)
        kept_boxes(net, chosen, net.op("Gather", scores, best, axis=2), 0.25, center=True)
    net.output(found, "candidates", ["N" if not tail else 1, 4 + classes, anchors])


def _best(net, scores, count):
    """Positions of the `count` anchors whose best class scores highest."""
    best = net.op("ReduceMax", scores, net.constant(np.array([1], np.int64)), keepdims=0) if net.opset >= 18 else \
        net.op("ReduceMax", scores, axes=[1], keepdims=0)
    _, positions = net.op("TopK", best, np.array([count], np.int64), outputs=2, axis=1, largest=1, sorted=1)
    return net.reshape(positions, count)


def yolo_v8_nms(net):
    """YOLO v8 with TopK, Gather and suppression in the graph."""
    yolo_v8(net, tail=True)
