"""A depthwise-separable network: MobileNetV1 blocks, and two inverted residual blocks of MobileNetV2."""

from collections import namedtuple

from torch import nn

# One convolution with what follows it. `activation` is "relu", "relu6" or None (a linear bottleneck).
Layer = namedtuple("Layer", "name inputs outputs kernel stride groups activation")


def _pointwise(name, inputs, outputs, activation):
    return Layer(name, inputs, outputs, 1, 1, 1, activation)


def _depthwise(name, channels, stride, activation):
    return Layer(name, channels, channels, 3, stride, channels, activation)


def _separable(name, inputs, outputs, stride, activation):
    return [
        _depthwise(f"{name}/depthwise", inputs, stride, "relu6"),
        _pointwise(f"{name}/pointwise", inputs, outputs, activation),
    ]


def _inverted_residual(name, channels, hidden):
    return [
        _pointwise(f"{name}/expand", channels, hidden, "relu6"),
        _depthwise(f"{name}/depthwise", hidden, 1, "relu6"),
        _pointwise(f"{name}/project", hidden, channels, None),
    ]


# Plain ReLU stands wherever a pointwise layer feeds a depthwise one: see spread.py.
LAYERS = [
    Layer("stem", 3, 16, 3, 1, 1, "relu"),
    *_separable("block1", 16, 32, 1, "relu"),
    *_separable("block2", 32, 48, 2, "relu"),
    *_separable("block3", 48, 64, 1, "relu"),
    *_separable("block4", 64, 80, 2, None),
    *_inverted_residual("block5", 80, 160),
    *_inverted_residual("block6", 80, 160),
    _pointwise("block7/expand", 80, 128, "relu"),
    *_separable("block7", 128, 128, 2, "relu"),
    *_separable("block8", 128, 160, 1, "relu6"),
]
RESIDUAL = {"block5": "block5/expand", "block6": "block6/expand"}  # block -> layer whose input is added to its output
FEATURES = LAYERS[-1].outputs


def block_of(name):
    return name.split("/")[0]


def ends_residual(layer):
    return block_of(layer.name) in RESIDUAL and layer.name.endswith("/project")


class Network(nn.Module):
    """[N,3,28,28] floats to [N,classes] scores. Layers stay in LAYERS order, so that others can walk them."""

    def __init__(self, classes):
        super().__init__()
        self.convs = nn.ModuleList()
        self.norms = nn.ModuleList()
        for layer in LAYERS:
            self.convs.append(nn.Conv2d(layer.inputs, layer.outputs, layer.kernel, layer.stride, layer.kernel // 2,
                                        groups=layer.groups, bias=False))
            self.norms.append(nn.BatchNorm2d(layer.outputs))
            nn.init.kaiming_normal_(self.convs[-1].weight, mode="fan_out")
        self.classifier = nn.Linear(FEATURES, classes)

    def forward(self, x):
        shortcut = None
        for layer, conv, norm in zip(LAYERS, self.convs, self.norms):
            if layer.name in RESIDUAL.values():
                shortcut = x
            x = norm(conv(x))
            if layer.activation:
                x = x.clamp(0, 6) if layer.activation == "relu6" else x.relu()
            if ends_residual(layer):
                x = x + shortcut
        return self.classifier(x.mean((2, 3)))
