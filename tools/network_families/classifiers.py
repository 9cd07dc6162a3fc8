"""Convolutional classifiers: ResNet, VGG, SqueezeNet, DenseNet, GoogLeNet, Inception v3, ConvNeXt."""

import numpy as np


def _image(net, side, small_side, batch="N"):
    side = small_side if net.small else side
    net.at_sizes({"N": 1}, {"N": 3})
    return net.input("input", [batch, 3, side, side])


def _classes(net):
    return 10 if net.small else 1000


def _conv_bn_relu(net, x, channels, kernel=3, stride=1, **more):
    return net.relu(net.batch_norm(net.conv(x, channels, kernel, stride, **more)))


def _head(net, x, flatten=True):
    """Global average, then the classifier."""
    inputs = net.channels[x]
    x = net.op("GlobalAveragePool", x)
    x = net.op("Flatten", x, axis=1) if flatten else net.reshape(x, -1, inputs)
    net.output(net.gemm(x, inputs, _classes(net)), "logits", ["N", _classes(net)])


def _shortcut(net, x, channels, stride):
    if stride == 1 and net.channels[x] == channels:
        return x
    return net.batch_norm(net.conv(x, channels, 1, stride, gain=1.0))


def _basic_block(net, x, channels, stride):
    y = _conv_bn_relu(net, x, channels, 3, stride)
    y = net.batch_norm(net.conv(y, channels, gain=1.0), gain=0.5)
    return net.relu(net.op("Add", y, _shortcut(net, x, channels, stride)))


def _bottleneck(net, x, channels, stride):
    y = _conv_bn_relu(net, x, channels, 1)
    y = _conv_bn_relu(net, y, channels, 3, stride)
    y = net.batch_norm(net.conv(y, 4 * channels, 1, gain=1.0), gain=0.5)
    return net.relu(net.op("Add", y, _shortcut(net, x, 4 * channels, stride)))


def _resnet(net, block, depths):
    x = _conv_bn_relu(net, _image(net, 224, 64), net.width(64), 7, 2)
    x = net.max_pool(x, 3, 2, 1)
    for stage, depth in enumerate(depths):
        for at in range(depth):
            x = block(net, x, net.width(64 << stage), 2 if stage > 0 and at == 0 else 1)
    _head(net, x)


def resnet18(net):
    _resnet(net, _basic_block, (2, 2, 2, 2))


def resnet50(net):
    _resnet(net, _bottleneck, (3, 4, 6, 3))


def _vgg(net, stages):
    x = _image(net, 224, 64)
    for channels, depth in stages:
        for _ in range(depth):
            x = net.relu(net.conv(x, net.width(channels), bias=True))
        x = net.max_pool(x)
    side = 7 if not net.small else 2
    hidden, inputs = net.width(4096) if not net.small else 64, net.channels[x] * side * side
    x = net.reshape(x, -1, inputs)
    x = net.dropout(net.relu(net.gemm(x, inputs, hidden, 2.0)))
    x = net.dropout(net.relu(net.gemm(x, hidden, hidden, 2.0)))
    net.output(net.gemm(x, hidden, _classes(net)), "logits", ["N", _classes(net)])


def vgg11(net):
    _vgg(net, ((64, 1), (128, 1), (256, 2), (512, 2), (512, 2)))


def vgg16(net):
    _vgg(net, ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)))


def squeezenet(net):
    """SqueezeNet 1.1."""
    def fire(x, squeeze, expand):
        s = net.relu(net.conv(x, net.width(squeeze), 1, bias=True))
        wide = net.width(expand)
        return net.concat(net.relu(net.conv(s, wide, 1, bias=True)), net.relu(net.conv(s, wide, 3, bias=True)))

    x = net.relu(net.conv(_image(net, 224, 64), net.width(64), 3, 2, pad=0, bias=True))
    for plan in (((16, 64), (16, 64)), ((32, 128), (32, 128)), ((48, 192), (48, 192), (64, 256), (64, 256))):
        x = net.max_pool(x, 3, 2)
        for squeeze, expand in plan:
            x = fire(x, squeeze, expand)
    x = net.relu(net.conv(net.dropout(x), _classes(net), 1, bias=True, gain=8.0))
    x = net.op("GlobalAveragePool", x)
    net.output(net.softmax(net.op("Flatten", x), 1), "probs", ["N", _classes(net)])


def densenet121(net):
    def normed(x):
        return net.relu(net.batch_norm(x))

    growth = 4 if net.small else 32
    x = _conv_bn_relu(net, _image(net, 224, 64), 8 if net.small else 64, 7, 2)
    x = net.max_pool(x, 3, 2, 1)
    for stage, depth in enumerate((6, 12, 24, 16)):
        for _ in range(depth):
            y = net.conv(normed(x), 4 * growth, 1)
            x = net.concat(x, net.conv(normed(y), growth))
        if stage < 3:
            x = net.average_pool(net.conv(normed(x), net.channels[x] // 2, 1), 2, 2)
    _head(net, normed(x))


def googlenet(net):
    """GoogLeNet of the ONNX zoo: LRN, pools of odd sizes, fixed batch of one."""
    def layer(x, channels, kernel=1, stride=1):
        return net.relu(net.conv(x, net.width(channels), kernel, stride, bias=True))

    def inception(x, one, three_in, three, five_in, five, pool):
        return net.concat(layer(x, one), layer(layer(x, three_in), three, 3), layer(layer(x, five_in), five, 5),
                          layer(net.max_pool(x, 3, 1, 1), pool))

    def lrn(x):
        return net.op("LRN", x, size=5, alpha=1e-4, beta=0.75, bias=1.0)

    x = _image(net, 224, 64, batch=1)
    net.at_sizes({})
    x = lrn(net.max_pool(layer(x, 64, 7, 2), 3, 2, 1))
    x = lrn(layer(layer(x, 64), 192, 3))
    x = net.max_pool(x, 3, 2, 1)
    x = inception(x, 64, 96, 128, 16, 32, 32)
    x = inception(x, 128, 128, 192, 32, 96, 64)
    x = net.max_pool(x, 3, 2, 1)
    for widths in ((192, 96, 208, 16, 48, 64), (160, 112, 224, 24, 64, 64), (128, 128, 256, 24, 64, 64),
                   (112, 144, 288, 32, 64, 64), (256, 160, 320, 32, 128, 128)):
        x = inception(x, *widths)
    x = net.max_pool(x, 3, 2, 1)
    x = inception(x, 256, 160, 320, 32, 128, 128)
    x = inception(x, 384, 192, 384, 48, 128, 128)
    inputs = net.channels[x]
    x = net.average_pool(x, 2 if net.small else 7)
    x = net.reshape(net.dropout(x), 1, inputs)
    net.output(net.softmax(net.gemm(x, inputs, _classes(net), 2.0), 1), "probs", [1, _classes(net)])


def inception_v3(net):
    def layer(x, channels, kernel=1, stride=1, pad=None):
        return _conv_bn_relu(net, x, net.width(channels), kernel, stride, pad=pad)

    def averaged(x):
        return net.average_pool(x, 3, 1, 1, count_include_pad=1)

    def block_a(x, pool):
        double = layer(layer(layer(x, 64), 96, 3), 96, 3)
        return net.concat(layer(x, 64), layer(layer(x, 48), 64, 5), double, layer(averaged(x), pool))

    def block_b(x):
        double = layer(layer(layer(x, 64), 96, 3), 96, 3, 2, 0)
        return net.concat(layer(x, 384, 3, 2, 0), double, net.max_pool(x, 3, 2))

    def block_c(x, wide):
        single = layer(layer(layer(x, wide), wide, (1, 7)), 192, (7, 1))
        double = layer(layer(layer(x, wide), wide, (7, 1)), wide, (1, 7))
        double = layer(layer(double, wide, (7, 1)), 192, (1, 7))
        return net.concat(layer(x, 192), single, double, layer(averaged(x), 192))

    def block_d(x):
        single = layer(layer(x, 192), 320, 3, 2, 0)
        double = layer(layer(layer(layer(x, 192), 192, (1, 7)), 192, (7, 1)), 192, 3, 2, 0)
        return net.concat(single, double, net.max_pool(x, 3, 2))

    def block_e(x):
        single, double = layer(x, 384), layer(layer(x, 448), 384, 3)
        forks = [net.concat(layer(y, 384, (1, 3)), layer(y, 384, (3, 1))) for y in (single, double)]
        return net.concat(layer(x, 320), *forks, layer(averaged(x), 192))

    x = _image(net, 299, 107)
    # PyTorch's transform_input: each channel scaled by itself.
    planes = [net.unsqueeze(net.op("Gather", x, net.constant(np.int64(at)), axis=1), 1) for at in range(3)]
    planes = [net.op("Add", net.op("Mul", plane, np.float32(scale)), np.float32(shift))
              for plane, scale, shift in zip(planes, (0.458, 0.448, 0.45), (-0.03, -0.088, -0.188))]
    x = net.op("Concat", *planes, axis=1)
    net.channels[x] = 3
    x = layer(layer(layer(x, 32, 3, 2, 0), 32, 3, 1, 0), 64, 3)
    x = layer(layer(net.max_pool(x, 3, 2), 80), 192, 3, 1, 0)
    x = net.max_pool(x, 3, 2)
    for pool in (32, 64, 64):
        x = block_a(x, pool)
    x = block_b(x)
    for wide in (128, 160, 160, 192):
        x = block_c(x, wide)
    x = block_e(block_e(block_d(x)))
    _head(net, net.dropout(x))


def convnext(net):
    """ConvNeXt-T: wide depthwise convolutions, LayerNormalization over channels that are last for its sake, Gelu."""
    def normed(x, channels):
        return net.layer_norm(x, channels, 1e-6)

    def normed_map(x):
        channels = net.channels[x]
        y = net.op("Transpose", normed(net.op("Transpose", x, perm=[0, 2, 3, 1]), channels), perm=[0, 3, 1, 2])
        net.channels[y] = channels
        return y

    def block(x):
        channels = net.channels[x]
        y = net.conv(x, channels, 7, group=channels, bias=True, gain=1.0)
        y = normed(net.op("Transpose", y, perm=[0, 2, 3, 1]), channels)
        y = net.linear(net.gelu(net.linear(y, channels, 4 * channels, 2.0)), 4 * channels, channels)
        y = net.op("Transpose", net.op("Mul", net.uniform(channels, 0.2, 0.6), y), perm=[0, 3, 1, 2])
        y = net.op("Add", x, y)
        net.channels[y] = channels
        return y

    x = normed_map(net.conv(_image(net, 224, 64), net.width(96), 4, 4, pad=0, bias=True, gain=1.0))
    for stage, depth in enumerate((3, 3, 9, 3)):
        if stage > 0:
            x = net.conv(normed_map(x), net.width(96 << stage), 2, 2, pad=0, bias=True, gain=1.0)
        for _ in range(depth):
            x = block(x)
    channels = net.channels[x]
    x = net.op("GlobalAveragePool", x)
    x = net.op("Transpose", normed(net.op("Transpose", x, perm=[0, 2, 3, 1]), channels), perm=[0, 3, 1, 2])
    net.output(net.gemm(net.op("Flatten", x, axis=1), channels, _classes(net)), "logits", ["N", _classes(net)])
