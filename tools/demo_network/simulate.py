"""What 8-bit codes would do to the network, simulated in float: a check of the network, not part of Quantrail.

The scheme is the one that Quantrail uses by default (see its documentation): weights symmetric per output channel, with
no channel's range below 1 % of the widest; activations one scale per tensor, 8 bits, from the mean over calibration
images of each image's extreme; fast bias correction.
"""

import torch
import torch.nn.functional as F

from network import LAYERS, RESIDUAL, block_of, ends_residual


class Folded:
    """The trained network with BatchNormalization folded, walked step by step."""

    def __init__(self, network):
        self.weights, self.biases = {}, {}
        for layer, conv, norm in zip(LAYERS, network.convs, network.norms):
            gain = norm.weight / torch.sqrt(norm.running_var + norm.eps)
            self.weights[layer.name] = (conv.weight * gain[:, None, None, None]).detach()
            self.biases[layer.name] = (norm.bias - norm.running_mean * gain).detach()
        self.weights["classifier"] = network.classifier.weight.detach()
        self.biases["classifier"] = network.classifier.bias.detach()

    def run(self, x, read=lambda reader, tensor, value: value, parameters=None):
        """Scores. `read(reader, tensor, value)` is what `reader` sees of `tensor`; `parameters(name)` its weight and bias."""
        parameters = parameters or (lambda name: (self.weights[name], self.biases[name]))
        tensor, shortcut = "image", None
        for layer in LAYERS:
            if layer.name in RESIDUAL.values():
                shortcut = (tensor, x)
            weight, bias = parameters(layer.name)
            x = F.conv2d(read(layer.name, tensor, x), weight, bias, layer.stride, layer.kernel // 2, 1, layer.groups)
            if layer.activation:
                x = x.clamp(0, 6) if layer.activation == "relu6" else x.relu()
            tensor = layer.name
            if ends_residual(layer):
                add = f"{block_of(layer.name)}/add"
                x = read(add, tensor, x) + read(add, *shortcut)
                tensor = add
        x = read("pool", tensor, x).mean((2, 3))
        weight, bias = parameters("classifier")
        return F.linear(read("classifier", "pool", x), weight, bias)


def _quantized_weight(weight, levels):
    widest = weight.flatten(1).abs().amax(1)
    scale = torch.maximum(widest, 0.01 * widest.max()) / levels
    scale = scale.reshape(-1, *[1] * (weight.dim() - 1))
    return (weight / scale).round().clamp(-levels, levels) * scale


class Quantized:
    """Scales, 8-bit weights and corrected biases of a folded network, from calibration inputs."""

    def __init__(self, folded, calibration):
        self.folded = folded
        self.layers = []  # every layer that has an 8-bit form, in graph order
        largest, self.signed, means = {}, {}, {}

        def observe(reader, tensor, value):
            if reader not in self.layers:
                self.layers.append(reader)
            flat = value.flatten(1)
            largest[tensor] = flat.abs().amax(1).mean().item()
            self.signed[tensor] = flat.min().item() < 0
            means[reader] = value.mean((0, 2, 3)) if value.dim() == 4 else value.mean(0)
            return value

        with torch.no_grad():
            folded.run(calibration, observe)
        self.scale = {name: top / (127 if self.signed[name] else 255) for name, top in largest.items()}
        self.weights = {name: _quantized_weight(weight, 64 if name == "stem" else 127)
                        for name, weight in folded.weights.items()}
        self.biases = {name: self._corrected(name, means[name]) for name in folded.weights}

    def _codes(self, tensor, value):
        low, high = (-128, 127) if self.signed[tensor] else (0, 255)
        scale = self.scale[tensor]
        return (value / scale).round().clamp(low, high) * scale

    def _corrected(self, name, mean):
        """Fast bias correction: what rounding the weights does to the mean output, given back by the bias."""
        error = self.folded.weights[name] - self.weights[name]
        layer = next((layer for layer in LAYERS if layer.name == name), None)
        if layer is None:
            return self.folded.biases[name] + error @ mean
        x = mean[None, :, None, None].expand(1, -1, 14, 14)
        shift = F.conv2d(x, error, None, layer.stride, layer.kernel // 2, 1, layer.groups)
        return self.folded.biases[name] + shift.mean((0, 2, 3))

    def scores(self, x, reverted=()):
        """Scores with the layers `reverted` in float, reading unquantized inputs."""

        def read(reader, tensor, value):
            return value if reader in reverted else self._codes(tensor, value)

        def parameters(name):
            of = self.folded if name in reverted else self
            return of.weights[name], of.biases[name]

        with torch.no_grad():
            return torch.cat([self.folded.run(part, read, parameters) for part in x.split(500)])


def search(quantized, float_right, x, labels, maximal_drop, limit=8, subset=300):
    """Reverts one layer after another, as the accuracy-aware loop does without its second thoughts.

    Returns (drops, reverted): drops[k] is the loss of accuracy with the first k layers of `reverted` in float.
    """

    def right(samples, reverted):
        return quantized.scores(x[samples], reverted).argmax(1) == labels[samples]

    everything = torch.arange(len(x))
    now = right(everything, ())
    baseline = float_right.float().mean().item()
    drops, reverted = [baseline - now.float().mean().item()], []
    differing = (now != float_right).nonzero()[:, 0]
    same = (now == float_right).nonzero()[:, 0]
    ranked_on = torch.cat([differing, same])[:subset]
    score = {name: right(ranked_on, (name,)).float().mean().item() for name in quantized.layers}
    order = sorted(score, key=lambda name: (-score[name], name))
    while drops[-1] > maximal_drop and len(reverted) < limit:
        reverted.append(order[len(reverted)])
        drops.append(baseline - right(everything, tuple(reverted)).float().mean().item())
    return drops, reverted, score
