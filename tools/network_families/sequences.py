"""Recurrent networks: LSTM and GRU taggers, and a text recognizer of convolutions and an LSTM."""

import numpy as np


def _tokens(net, words):
    net.at_sizes({"batch": 1, "sequence": 12}, {"batch": 3, "sequence": 9})
    ids = net.input("tokens", ["batch", "sequence"], np.int64, "integers", low=0, high=words)
    return ids, net.input("lengths", ["batch"], np.int32, "lengths")


def _embedded(net, ids, words, width):
    """[sequence, batch, width]"""
    table = net.constant(net.normal((words, width)), "embedding")
    return net.op("Transpose", net.op("Gather", table, ids), perm=[1, 0, 2])


def _recurrent(net, op, x, gates, inputs, hidden, lengths=None, directions=2, state=True, **more):
    """[sequence, batch, directions * hidden], states zero, their batch read from the shape."""
    scale = (1.0 / hidden) ** 0.5
    weights = [net.uniform((directions, gates * hidden, size), -scale, scale) for size in (inputs, hidden)]
    bias = net.uniform((directions, 2 * gates * hidden), -scale, scale)
    states = [None, None]
    if state:
        zeros = net.op("ConstantOfShape", net.shape_of(directions, net.size_of(x, 1), hidden))
        states = [zeros, zeros]
    count = 3 if op == "LSTM" else 2
    if op == "GRU":
        states = states[:1]
    results = net.op(op, x, *weights, bias, lengths, *states, outputs=count, hidden_size=hidden,
                     direction="bidirectional" if directions == 2 else "forward", **more)
    y = net.op("Transpose", results[0], perm=[0, 2, 1, 3])
    return net.op("Reshape", y, np.array([0, 0, -1], np.int64)), results[1:]


def lstm_tagger(net):
    words, width, hidden, tags = (50, 16, 12, 7) if net.small else (20000, 128, 256, 17)
    ids, lengths = _tokens(net, words)
    x = _embedded(net, ids, words, width)
    x, (last, _) = _recurrent(net, "LSTM", x, 4, width, hidden, lengths)
    x = net.op("Transpose", net.linear(x, 2 * hidden, tags), perm=[1, 0, 2])
    net.output(net.op("LogSoftmax", x, axis=2), "tags", ["batch", "sequence", tags])
    net.output(last, "last_state", [2, "batch", hidden])


def gru_tagger(net):
    """Two layers as PyTorch exports them (linear_before_reset)."""
    words, width, hidden, tags = (50, 16, 12, 7) if net.small else (20000, 128, 256, 17)
    ids, lengths = _tokens(net, words)
    x = _embedded(net, ids, words, width)
    for inputs in (width, 2 * hidden):
        x, _ = _recurrent(net, "GRU", x, 3, inputs, hidden, lengths, linear_before_reset=1)
    x = net.op("Transpose", net.linear(x, 2 * hidden, tags), perm=[1, 0, 2])
    net.output(net.softmax(x, 2), "tags", ["batch", "sequence", tags])


def text_recognizer(net):
    """CRNN: convolutions down to one row, two LSTM layers along it; any width of the image."""
    net.at_sizes({"N": 1, "W": 64}, {"N": 2, "W": 96})
    x = net.input("line", ["N", 1, 32, "W"])
    for channels, pool in ((64, (2, 2)), (128, (2, 2)), (256, None), (256, (2, 1)), (512, None), (512, (2, 1))):
        x = net.relu(net.batch_norm(net.conv(x, net.width(channels))))
        if pool:
            x = net.op("MaxPool", x, kernel_shape=list(pool), strides=list(pool))
    x = net.relu(net.conv(x, net.width(512), 2, pad=0, bias=True))
    inputs, hidden, letters = net.channels[x], 16 if net.small else 256, 37
    x = net.op("Transpose", net.squeeze(x, 2), perm=[2, 0, 1])
    x, _ = _recurrent(net, "LSTM", x, 4, inputs, hidden, state=False)
    x = net.linear(x, 2 * hidden, hidden)
    x, _ = _recurrent(net, "LSTM", x, 4, hidden, hidden, state=False)
    net.output(net.op("LogSoftmax", net.linear(x, 2 * hidden, letters), axis=2), "letters", ["steps", "N", letters])


def speech_commands(net):
    """Convolutions over the spectrum, then a one-way GRU whose last state is classified."""
    net.at_sizes({"N": 1, "T": 40}, {"N": 2, "T": 33})
    x = net.input("spectrum", ["N", 1, "T", 40])
    for channels in (32, 64):
        x = net.relu(net.batch_norm(net.conv(x, net.width(channels), 3, (1, 2))))
    x = net.op("Transpose", x, perm=[2, 0, 1, 3])
    inputs, hidden = net.width(64) * 10, 16 if net.small else 128
    x = net.op("Reshape", x, np.array([0, 0, -1], np.int64))
    _, (last,) = _recurrent(net, "GRU", x, 3, inputs, hidden, directions=1, linear_before_reset=0)
    net.output(net.gemm(net.squeeze(last, 0), hidden, 12), "logits", ["N", 12])
