"""YOLO v4: CSPDarknet-53 with Mish, spatial pyramid pooling of three kernels, path aggregation with LeakyRelu."""


def _layer(net, x, channels, kernel=1, stride=1, scale=1.0, mish=False):
    x = net.batch_norm(net.conv(x, channels, kernel, stride, gain=2.2 if mish else 1.98), scale)
    return net.mish(x) if mish else net.op("LeakyRelu", x, alpha=0.1)


def _mish(net, x, channels, kernel=1, stride=1, scale=1.0):
    return _layer(net, x, channels, kernel, stride, scale, True)


def _stage(net, x, channels, repeats):
    """Half of the channels go through residual blocks, the other half past them."""
    x = _mish(net, x, channels, 3, 2)
    half = channels if repeats == 1 else channels // 2
    past, through = _mish(net, x, half), _mish(net, x, half)
    for _ in range(repeats):
        y = _mish(net, _mish(net, through, channels // 2), half, 3, scale=0.4)
        through = net.op("Add", through, y)
    return _mish(net, net.concat(_mish(net, through, half), past), channels)


def _five(net, x, channels):
    for at in range(5):
        x = _layer(net, x, channels if at % 2 == 0 else 2 * channels, 1 if at % 2 == 0 else 3)
    return x


def yolo_v4(net):
    side, classes = (64, 6) if net.small else (416, 80)
    net.at_sizes({"N": 1}, {"N": 2})
    x, levels = _mish(net, net.input("images", ["N", 3, side, side]), net.width(32), 3), []
    for channels, repeats in ((64, 1), (128, 2), (256, 8), (512, 8), (1024, 4)):
        x = _stage(net, x, net.width(channels), repeats)
        levels.append(x)
    top, middle, fine = net.width(512), net.width(256), net.width(128)
    for channels, kernel in ((top, 1), (2 * top, 3), (top, 1)):
        x = _layer(net, x, channels, kernel)
    x = net.concat(*[net.max_pool(x, kernel, 1, kernel // 2) for kernel in (13, 9, 5)], x)
    for channels, kernel in ((top, 1), (2 * top, 3), (top, 1)):
        x = _layer(net, x, channels, kernel)
    coarse = x
    x = net.concat(_layer(net, levels[3], middle), net.upscale(_layer(net, coarse, middle)))
    medium = x = _five(net, x, middle)
    x = net.concat(_layer(net, levels[2], fine), net.upscale(_layer(net, medium, fine)))
    x = _five(net, x, fine)
    maps = [(8, x)]
    x = _five(net, net.concat(_layer(net, x, middle, 3, 2), medium), middle)
    maps.append((16, x))
    maps.append((32, _five(net, net.concat(_layer(net, x, top, 3, 2), coarse), top)))
    for stride, value in maps:
        y = net.conv(_layer(net, value, 2 * net.channels[value], 3), 3 * (5 + classes), 1, bias=True, gain=1.0)
        net.output(y, f"map_{stride}", 4)
