"""Gives the trained network the spread of channel ranges that MobileNets have in life, without changing its function.

Why: where a channel passes a ReLU and then a depthwise layer with BatchNormalization, nothing in the loss holds its
scale: relu(s * x) = s * relu(x), and a depthwise channel sees that channel only. Long training on large data lets these
scales drift apart: in published MobileNetV1 weights the ranges of neighbouring channels differ 100-fold, which is what
breaks 8-bit codes with one scale per tensor (Nagel et al. 2019, "Data-Free Quantization Through Weight Equalization and
Bias Correction", measures it and undoes it by the same rescaling). A network trained for minutes on rendered images has
not drifted, so the drift is put in: each channel c is multiplied by s[c] behind its BatchNormalization and divided by it
in the depthwise weights, with log s drawn from a normal distribution. As in published networks, the early layers drift most.
"""

import numpy as np
import torch

from network import LAYERS

SEED = 7
# Standard deviation of log s, per depthwise layer (those that follow a plain ReLU).
SIGMA = {
    "block1/depthwise": 1.2,
    "block2/depthwise": 1.1,
    "block3/depthwise": 1.3,
    "block4/depthwise": 1.3,
    "block7/depthwise": 0.5,
    "block8/depthwise": 0.4,
}


def spread(network):
    """Rescales `network` in place."""
    names = [layer.name for layer in LAYERS]
    with torch.no_grad():
        for name, sigma in SIGMA.items():
            reader = names.index(name)
            feeder = reader - 1
            assert LAYERS[feeder].activation == "relu" and LAYERS[reader].groups == LAYERS[reader].inputs
            rng = np.random.default_rng([SEED, reader])
            scales = torch.from_numpy(np.exp(rng.normal(0, sigma, LAYERS[reader].inputs))).float()
            network.norms[feeder].weight *= scales
            network.norms[feeder].bias *= scales
            network.convs[reader].weight /= scales[:, None, None, None]
