"""Small classifiers for phones and microcontrollers: MobileNets, EfficientNet, ShuffleNet, DS-CNN."""

import numpy as np


def _image(net, small_side=64):
    side = small_side if net.small else 224
    net.at_sizes({"N": 1}, {"N": 3})
    return net.input("input", ["N", 3, side, side])


def _classes(net):
    return 10 if net.small else 1000


def _normed(net, x, channels, kernel=1, stride=1, group=1, act=None, gain=None):
    x = net.batch_norm(net.conv(x, channels, kernel, stride, group=group, gain=gain or (2.0 if act else 1.0)))
    return act(x) if act else x


def _depthwise(net, x, kernel, stride, act):
    return _normed(net, x, net.channels[x], kernel, stride, net.channels[x], act)


def _relu6(net):
    return lambda x: net.clip(x, 0.0, 6.0)


def mobilenet_v1(net):
    relu6 = _relu6(net)
    x = _normed(net, _image(net), net.width(32), 3, 2, act=relu6)
    plan = [(64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), *[(512, 1)] * 5, (1024, 2), (1024, 1)]
    for channels, stride in plan:
        x = _depthwise(net, x, 3, stride, relu6)
        x = _normed(net, x, net.width(channels), act=relu6)
    # TensorFlow's head: a 1x1 convolution, squeezed.
    x = net.conv(net.op("GlobalAveragePool", x), _classes(net), 1, bias=True, gain=8.0)
    net.output(net.softmax(net.squeeze(x, 2, 3), 1), "probs", ["N", _classes(net)])


def mobilenet_v2(net):
    relu6 = _relu6(net)
    x = _normed(net, _image(net), net.width(32), 3, 2, act=relu6)
    for expand, channels, repeats, stride in ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1),
                                              (6, 160, 3, 2), (6, 320, 1, 1)):
        for at in range(repeats):
            step, y = stride if at == 0 else 1, x
            if expand > 1:
                y = _normed(net, y, net.channels[x] * expand, act=relu6)
            y = _normed(net, _depthwise(net, y, 3, step, relu6), net.width(channels))
            x = net.op("Add", x, y) if at > 0 else y
    x = _normed(net, x, net.width(1280), act=relu6)
    inputs = net.channels[x]
    x = net.reduce_mean(x, 2, 3, keepdims=0)
    net.output(net.gemm(x, inputs, _classes(net)), "logits", ["N", _classes(net)])


def _squeeze_excite(net, x, squeezed, act, gate):
    channels = net.channels[x]
    s = act(net.conv(net.op("GlobalAveragePool", x), squeezed, 1, bias=True))
    return net.op("Mul", gate(net.conv(s, channels, 1, bias=True, gain=1.0)), x)


# MobileNetV3-Large: kernel, expanded, output, squeeze-excite, hard-swish, stride.
_V3 = ((3, 16, 16, 0, 0, 1), (3, 64, 24, 0, 0, 2), (3, 72, 24, 0, 0, 1), (5, 72, 40, 1, 0, 2), (5, 120, 40, 1, 0, 1),
       (5, 120, 40, 1, 0, 1), (3, 240, 80, 0, 1, 2), (3, 200, 80, 0, 1, 1), (3, 184, 80, 0, 1, 1), (3, 184, 80, 0, 1, 1),
       (3, 480, 112, 1, 1, 1), (3, 672, 112, 1, 1, 1), (5, 672, 160, 1, 1, 2), (5, 960, 160, 1, 1, 1),
       (5, 960, 160, 1, 1, 1))


def mobilenet_v3(net):
    def hard_sigmoid(x):
        return net.op("HardSigmoid", x, alpha=1.0 / 6.0, beta=0.5)

    x = _normed(net, _image(net), net.width(16), 3, 2, act=net.hard_swish)
    for kernel, expanded, channels, excite, swish, stride in _V3:
        act = net.hard_swish if swish else net.relu
        wide, y = net.width(expanded), x
        if expanded != 16:
            y = _normed(net, y, wide, act=act)
        y = _depthwise(net, y, kernel, stride, act)
        if excite:
            y = _squeeze_excite(net, y, net.width(expanded // 4), net.relu, hard_sigmoid)
        y = _normed(net, y, net.width(channels), gain=2.5 if excite else 1.5)
        x = net.op("Add", y, x) if stride == 1 and net.channels[x] == net.channels[y] else y
    x = _normed(net, x, net.width(960), act=net.hard_swish)
    inputs, hidden = net.channels[x], net.width(1280)
    x = net.op("Flatten", net.op("GlobalAveragePool", x), axis=1)
    x = net.hard_swish(net.gemm(x, inputs, hidden, 2.0))
    net.output(net.gemm(net.dropout(x), hidden, _classes(net), 2.0), "logits", ["N", _classes(net)])


def efficientnet_b0(net):
    def sigmoid(x):
        return net.op("Sigmoid", x)

    x = _normed(net, _image(net), net.width(32), 3, 2, act=net.silu, gain=2.4)
    for expand, channels, repeats, stride, kernel in ((1, 16, 1, 1, 3), (6, 24, 2, 2, 3), (6, 40, 2, 2, 5), (6, 80, 3, 2, 3),
                                                      (6, 112, 3, 1, 5), (6, 192, 4, 2, 5), (6, 320, 1, 1, 3)):
        for at in range(repeats):
            step, y, inputs = stride if at == 0 else 1, x, net.channels[x]
            if expand > 1:
                y = _normed(net, y, inputs * expand, act=net.silu, gain=2.4)
            y = _normed(net, y, net.channels[y], kernel, step, net.channels[y], net.silu, 2.4)
            y = _squeeze_excite(net, y, max(4, inputs // 4), net.silu, sigmoid)
            y = _normed(net, y, net.width(channels), gain=2.0)
            x = net.op("Add", y, x) if at > 0 else y
    x = _normed(net, x, net.width(1280), act=net.silu, gain=2.4)
    inputs = net.channels[x]
    x = net.op("Flatten", net.op("GlobalAveragePool", x), axis=1)
    net.output(net.gemm(x, inputs, _classes(net), 2.0), "logits", ["N", _classes(net)])


def _shuffled(net, x):
    """PyTorch's channel_shuffle: the shape comes from the tensor itself."""
    channels = net.channels[x]
    sizes = [net.size_of(x, axis) for axis in range(4)]
    y = net.op("Reshape", x, net.shape_of(sizes[0], 2, channels // 2, sizes[2], sizes[3]))
    y = net.op("Transpose", y, perm=[0, 2, 1, 3, 4])
    y = net.op("Reshape", y, net.shape_of(sizes[0], -1, sizes[2], sizes[3]))
    net.channels[y] = channels
    return y


def shufflenet_v2(net):
    """ShuffleNet v2 x1.0."""
    def branch(x, half, stride, first):
        if first:
            x = _normed(net, x, half, act=net.relu)
        x = _normed(net, x, net.channels[x], 3, stride, net.channels[x])
        return _normed(net, x, half, act=net.relu)

    x = _normed(net, _image(net), net.width(24), 3, 2, act=net.relu)
    x = net.max_pool(x, 3, 2, 1)
    for channels, repeats in ((116, 4), (232, 8), (464, 4)):
        half = net.width(channels) // 2
        x = _shuffled(net, net.concat(branch(x, half, 2, False), branch(x, half, 2, True)))
        for _ in range(repeats - 1):
            left, right = net.split(x, [half, half])
            x = _shuffled(net, net.concat(left, branch(right, half, 1, True)))
    x = _normed(net, x, net.width(1024), act=net.relu)
    inputs = net.channels[x]
    x = net.reduce_mean(x, 2, 3, keepdims=0)
    net.output(net.gemm(x, inputs, _classes(net)), "logits", ["N", _classes(net)])


def dscnn(net):
    """DS-CNN keyword spotting on 49 frames of 10 MFCC coefficients, channels last as TensorFlow has them."""
    net.at_sizes({"N": 1}, {"N": 5})
    x = net.input("mfcc", ["N", 49, 10, 1])
    x = net.op("Transpose", x, perm=[0, 3, 1, 2])
    net.channels[x] = 1
    width = 16 if net.small else 64
    x = net.conv(x, width, (10, 4), 2, auto_pad="SAME_UPPER")
    x = net.relu(net.batch_norm(x))
    for _ in range(4):
        x = _depthwise(net, x, 3, 1, net.relu)
        x = _normed(net, x, width, act=net.relu)
    x = net.op("AveragePool", x, kernel_shape=[25, 5], strides=[25, 5])
    x = net.op("Reshape", x, np.array([-1, width], np.int64))
    x = net.op("MatMul", x, net.normal((width, 12), (8.0 / width) ** 0.5))
    net.output(net.softmax(net.op("Add", x, net.normal(12, 0.1)), 1), "probs", ["N", 12])
