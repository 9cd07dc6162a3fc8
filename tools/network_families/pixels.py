"""Networks that answer with an image: super-resolution, segmentation, style transfer."""

import numpy as np


def _conv_bn_relu(net, x, channels, kernel=3, stride=1, **more):
    return net.relu(net.batch_norm(net.conv(x, channels, kernel, stride, **more)))


def espcn(net):
    """Super-resolution of the ONNX zoo: sub-pixel convolution, written as PyTorch writes it, in Reshape and Transpose."""
    side = 24 if net.small else 224
    net.at_sizes({"N": 1}, {"N": 2})
    x = net.input("luminance", ["N", 1, side, side])
    for channels, kernel in ((64, 5), (64, 3), (32, 3)):
        x = net.relu(net.conv(x, net.width(channels), kernel, bias=True))
    x = net.conv(x, 9, 3, bias=True, gain=1.0)
    x = net.reshape(x, -1, 1, 3, 3, side, side)
    x = net.op("Transpose", x, perm=[0, 1, 4, 2, 5, 3])
    net.output(net.reshape(x, -1, 1, 3 * side, 3 * side), "larger", ["N", 1, 3 * side, 3 * side])


def super_resolution(net):
    """EDSR-like: residual blocks without normalization, DepthToSpace in both orders, any height and width."""
    net.at_sizes({"N": 1, "H": 16, "W": 20}, {"N": 2, "H": 24, "W": 12})
    x = net.input("image", ["N", 3, "H", "W"])
    width = 16 if net.small else 64
    x = first = net.conv(x, width, bias=True, gain=1.0)
    for _ in range(4 if net.small else 16):
        y = net.conv(net.relu(net.conv(x, width, bias=True)), width, bias=True, gain=1.0)
        x = net.op("Add", x, net.op("Mul", y, np.float32(0.3)))
    x = net.op("Add", first, net.conv(x, width, bias=True, gain=1.0))
    for mode in ("CRD", "DCR"):
        x = net.op("DepthToSpace", net.conv(x, 4 * width, bias=True, gain=1.0), blocksize=2, mode=mode)
        net.channels[x] = width
    net.output(net.conv(x, 3, bias=True, gain=1.0), "larger", 4)


def fsrcnn(net):
    """FSRCNN: PRelu with a slope per channel, one transposed convolution of nine."""
    def prelu(x):
        return net.op("PRelu", x, net.uniform((net.channels[x], 1, 1), 0.1, 0.4))

    side = 16 if net.small else 96
    net.at_sizes({"N": 1}, {"N": 2})
    x = net.input("luminance", ["N", 1, side, side])
    wide, narrow = (16, 8) if net.small else (56, 12)
    x = prelu(net.conv(x, wide, 5, bias=True))
    x = prelu(net.conv(x, narrow, 1, bias=True))
    for _ in range(4):
        x = prelu(net.conv(x, narrow, 3, bias=True))
    x = prelu(net.conv(x, wide, 1, bias=True))
    net.output(net.conv_transpose(x, 1, 9, 3, 4, gain=1.0, output_padding=[2, 2]), "larger", 4)


def _unet(net, up, classes=5):
    side = 48 if net.small else 256
    net.at_sizes({"N": 1}, {"N": 2})
    x, levels = net.input("image", ["N", 3, side, side]), []
    for channels in (64, 128, 256, 512):
        x = _conv_bn_relu(net, _conv_bn_relu(net, x, net.width(channels)), net.width(channels))
        levels.append(x)
        x = net.max_pool(x)
    x = _conv_bn_relu(net, _conv_bn_relu(net, x, net.width(1024)), net.width(1024))
    for level in reversed(levels):
        x = net.concat(level, up(x, net.channels[level]))
        x = _conv_bn_relu(net, _conv_bn_relu(net, x, net.channels[level]), net.channels[level])
    net.output(net.conv(x, classes, 1, bias=True, gain=1.0), "scores", ["N", classes, side, side])


def unet_transposed(net):
    _unet(net, lambda x, channels: net.conv_transpose(x, channels, gain=1.0))


def unet_linear(net):
    """Twice as large by scales, half-pixel centres; the last opset before Resize got more attributes."""
    _unet(net, lambda x, channels: net.conv(
        net.upscale(x, mode="linear", coordinate_transformation_mode="half_pixel"), channels, 1, gain=1.0))


def unet_aligned(net):
    """Up to the size of the map beside it, corners aligned: the sizes come from shapes."""
    def up(x, channels):
        like = net.channels[x]
        y = net.resize_like(x, net.upscale(x), coordinate_transformation_mode="align_corners")
        net.channels[y] = like
        return net.conv(y, channels, 1, gain=1.0)
    _unet(net, up)


def unet_cubic(net):
    _unet(net, lambda x, channels: net.conv(
        net.upscale(x, mode="cubic", coordinate_transformation_mode="pytorch_half_pixel", cubic_coeff_a=-0.75),
        channels, 1, gain=1.0))


def unet_nearest(net):
    """Nearest neighbours by the Upsample of opset 9."""
    _unet(net, lambda x, channels: net.conv(net.upscale(x), channels, 1, gain=1.0))


def deeplab(net):
    """DeepLab v3 on a ResNet with dilated last stages: atrous pyramid, pooled branch, Resize to the input's size."""
    def bottleneck(x, channels, stride=1, dilation=1):
        y = _conv_bn_relu(net, x, channels, 1)
        y = _conv_bn_relu(net, y, channels, 3, stride, dilation=dilation)
        y = net.batch_norm(net.conv(y, 4 * channels, 1, gain=1.0), gain=0.5)
        if net.channels[x] != 4 * channels or stride > 1:
            x = net.batch_norm(net.conv(x, 4 * channels, 1, stride, gain=1.0))
        return net.relu(net.op("Add", y, x))

    net.at_sizes({"N": 1, "H": 64, "W": 48}, {"N": 2, "H": 40, "W": 72})
    image = net.input("image", ["N", 3, "H", "W"])
    x = _conv_bn_relu(net, image, net.width(64), 7, 2)
    x = net.max_pool(x, 3, 2, 1)
    for stage, (depth, stride, dilation) in enumerate(((3, 1, 1), (4, 2, 1), (6 if not net.small else 3, 1, 2), (3, 1, 4))):
        for at in range(depth):
            x = bottleneck(x, net.width(64 << stage), stride if at == 0 else 1, dilation)
    wide = net.width(256)
    branches = [_conv_bn_relu(net, x, wide, 1)]
    branches += [_conv_bn_relu(net, x, wide, 3, dilation=rate) for rate in (12, 24, 36)]
    pooled = net.relu(net.batch_norm(net.conv(net.op("GlobalAveragePool", x), wide, 1)))
    half_pixel = {"coordinate_transformation_mode": "half_pixel" if net.opset >= 13 else "pytorch_half_pixel"}
    branches.append(net.resize_like(pooled, x, **half_pixel))
    net.channels[branches[-1]] = wide
    x = _conv_bn_relu(net, _conv_bn_relu(net, net.concat(*branches), wide, 1), wide)
    x = net.resize_like(net.conv(x, 21, 1, bias=True, gain=1.0), image, **half_pixel)
    x = net.output(x, "scores", 4)
    best = net.op("ArgMax", x, axis=1, keepdims=0)
    net.output(best, "classes", 3, np.int64, selected=True)


def style_transfer(net):
    """Fast neural style of the ONNX zoo: reflected borders, InstanceNormalization, Upsample."""
    def layer(x, channels, kernel, stride=1):
        border = kernel // 2
        padded = net.pad(x, [0, 0, border, border] * 2, "reflect")
        y = net.conv(padded, channels, kernel, stride, pad=0, bias=True)
        return net.op("InstanceNormalization", y, net.uniform(channels, 0.8, 1.2), net.normal(channels, 0.1), epsilon=1e-5)

    side = 32 if net.small else 224
    net.at_sizes({"N": 1}, {"N": 2})
    x = net.input("image", ["N", 3, side, side])
    for channels, kernel, stride in ((32, 9, 1), (64, 3, 2), (128, 3, 2)):
        x = net.relu(layer(x, net.width(channels), kernel, stride))
    for _ in range(5):
        y = layer(net.relu(layer(x, net.channels[x], 3)), net.channels[x], 3)
        x = net.op("Add", y, x)
    for channels in (64, 32):
        x = net.relu(layer(net.upscale(x), net.width(channels), 3))
    padded = net.pad(x, [0, 0, 4, 4] * 2, "reflect")
    net.output(net.conv(padded, 3, 9, pad=0, bias=True, gain=1.0), "styled", 4)
