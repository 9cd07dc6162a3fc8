"""Encoders as PyTorch exports them: BERT, DistilBERT, ViT; with LayerNormalization and Gelu decomposed and fused."""

import numpy as np
from onnx import numpy_helper


def _heads(net, x, heads, width, perm):
    """[batch, sequence, width] to heads, sizes read from the shape."""
    shape = net.shape_of(net.size_of(x, 0), net.size_of(x, 1), heads, width // heads)
    return net.op("Transpose", net.op("Reshape", x, shape), perm=perm)


def _attended(net, scores, values, width):
    y = net.op("Transpose", net.op("MatMul", scores, values), perm=[0, 2, 1, 3])
    return net.op("Reshape", y, net.shape_of(net.size_of(y, 0), net.size_of(y, 1), width))


def _self_attention(net, x, heads, width, masked, scale_first=False):
    q, k, v = (net.linear(x, width, width, name=name) for name in ("query", "key", "value"))
    q, v = (_heads(net, value, heads, width, [0, 2, 1, 3]) for value in (q, v))
    k = _heads(net, k, heads, width, [0, 2, 3, 1])
    root = net.constant_node(np.float32((width // heads) ** 0.5))
    if scale_first:
        scores = net.op("MatMul", net.op("Div", q, root), k)
    else:
        scores = net.op("Div", net.op("MatMul", q, k), root)
    scores = net.softmax(masked(scores), 3 if net.opset < 13 else -1)
    return net.linear(_attended(net, scores, v, width), width, width, name="attention.output")


def _feed_forward(net, x, width):
    inner = net.gelu(net.linear(x, width, 4 * width, 2.0, name="intermediate"))
    return net.linear(inner, 4 * width, width, name="output")


def _sizes(net):
    """Layers, width, heads, words, positions."""
    return (2, 32, 4, 100, 64) if net.small else (12, 768, 12, 30522, 512)


def _embedding(net, rows, width, name):
    return net.constant(net.normal((rows, width), 0.5), name)


def _bert(net):
    layers, width, heads, words, positions = _sizes(net)
    net.at_sizes({"batch": 1, "sequence": 16}, {"batch": 3, "sequence": 11})
    ids = net.input("input_ids", ["batch", "sequence"], np.int64, "integers", low=0, high=words)
    mask = net.input("attention_mask", ["batch", "sequence"], np.int64, "mask")
    kinds = net.input("token_type_ids", ["batch", "sequence"], np.int64, "integers", low=0, high=2)
    far = net.op("Cast", net.unsqueeze(net.unsqueeze(mask, 1), 2), to=1)
    far = net.op("Mul", net.op("Sub", np.float32(1), far), np.float32(-10000))
    every = net.constant(np.arange(positions, dtype=np.int64)[None], "position_ids")
    at = net.op("Slice", every, np.array([0], np.int64), net.size_of(ids, 1), np.array([1], np.int64))
    x = net.op("Add", net.op("Gather", _embedding(net, words, width, "word_embeddings"), ids),
               net.op("Gather", _embedding(net, 2, width, "token_type_embeddings"), kinds))
    x = net.op("Add", x, net.op("Gather", _embedding(net, positions, width, "position_embeddings"), at))
    x = net.layer_norm(x, width)
    for _ in range(layers):
        y = _self_attention(net, x, heads, width, lambda scores: net.op("Add", scores, far))
        x = net.layer_norm(net.op("Add", y, x), width)
        x = net.layer_norm(net.op("Add", _feed_forward(net, x, width), x), width)
    return x, width


def bert(net):
    """BERT-base with the span head of question answering: two outputs."""
    x, width = _bert(net)
    start, end = net.split(net.linear(x, width, 2), [1, 1], axis=-1 if net.opset >= 11 else 2)
    net.output(net.squeeze(start, -1), "start_logits", ["batch", "sequence"])
    net.output(net.squeeze(end, -1), "end_logits", ["batch", "sequence"])


def bert_fused(net):
    """BERT-base with operators of opset 17, or 20, and the pooled classifier head."""
    x, width = _bert(net)
    first = net.op("Gather", x, net.constant(np.int64(0)), axis=1)
    pooled = net.op("Tanh", net.gemm(first, width, width))
    net.output(net.gemm(pooled, width, 2), "logits", ["batch", 2])


def distilbert(net):
    """DistilBERT: its mask is compared, expanded to the scores' shape, and chosen by Where."""
    layers, width, heads, words, positions = _sizes(net)
    layers = 2 if net.small else 6
    net.at_sizes({"batch": 1, "sequence": 16}, {"batch": 2, "sequence": 7})
    ids = net.input("input_ids", ["batch", "sequence"], np.int64, "integers", low=0, high=words)
    mask = net.input("attention_mask", ["batch", "sequence"], np.int64, "mask")
    length = net.squeeze(net.size_of(ids, 1), 0)
    at = net.op("Range", net.constant(np.int64(0)), length, net.constant(np.int64(1)))
    at = net.op("Expand", net.unsqueeze(at, 0), net.op("Shape", ids))
    x = net.op("Add", net.op("Gather", _embedding(net, words, width, "word_embeddings"), ids),
               net.op("Gather", _embedding(net, positions, width, "position_embeddings"), at))
    x = net.layer_norm(x, width)

    def masked(scores):
        hidden = net.op("Equal", mask, net.constant(np.int64(0)))
        hidden = net.op("Reshape", hidden, net.shape_of(net.size_of(ids, 0), 1, 1, net.size_of(ids, 1)))
        hidden = net.op("Cast", net.op("Expand", net.op("Cast", hidden, to=7), net.op("Shape", scores)), to=9)
        return net.op("Where", hidden, np.float32(-3.4e38), scores)

    for _ in range(layers):
        y = _self_attention(net, x, heads, width, masked, scale_first=True)
        x = net.layer_norm(net.op("Add", y, x), width)
        x = net.layer_norm(net.op("Add", _feed_forward(net, x, width), x), width)
    first = net.op("Gather", x, net.constant(np.int64(0)), axis=1)
    net.output(net.gemm(net.relu(net.gemm(first, width, width, 2.0)), width, 2), "logits", ["batch", 2])


def _expanded(net, token, batch):
    """PyTorch's expand(batch, -1, -1): the target's -1 are replaced by ones while the network runs."""
    wanted = net.shape_of(batch, -1, -1)
    ones = net.op("ConstantOfShape", np.array([3], np.int64), value=_one())
    free = net.op("Equal", wanted, net.op("Mul", ones, net.constant(np.int64(-1))))
    return net.op("Expand", token, net.op("Where", free, ones, wanted))


def _one():
    return numpy_helper.from_array(np.array([1], np.int64))


def vit(net):
    """ViT-B/16: patches by a strided convolution, class token, joint projection of query, key and value."""
    layers, width, heads, side, patch = (2, 32, 4, 32, 8) if net.small else (12, 768, 12, 224, 16)
    count = (side // patch) ** 2
    net.at_sizes({"N": 1}, {"N": 2})
    image = net.input("pixels", ["N", 3, side, side])
    x = net.conv(image, width, patch, patch, pad=0, bias=True, gain=1.0)
    x = net.op("Reshape", x, net.op("Concat", net.slice(net.op("Shape", x), [0], [2], [0]),
                                    net.constant(np.array([-1], np.int64)), axis=0))
    x = net.op("Transpose", x, perm=[0, 2, 1])
    token = _expanded(net, net.constant(net.normal((1, 1, width)), "cls_token"), net.size_of(image, 0))
    positions = net.constant(net.normal((1, count + 1, width), 0.5), "positions")
    x = net.op("Add", net.op("Concat", token, x, axis=1), positions)
    for _ in range(layers):
        y = net.linear(net.layer_norm(x, width), width, 3 * width)
        shape = net.shape_of(net.size_of(y, 0), net.size_of(y, 1), 3, heads, width // heads)
        y = net.op("Transpose", net.op("Reshape", y, shape), perm=[2, 0, 3, 1, 4])
        q, k, v = (net.op("Gather", y, net.constant(np.int64(at)), axis=0) for at in range(3))
        scores = net.op("MatMul", q, net.op("Transpose", k, perm=[0, 1, 3, 2]))
        scores = net.softmax(net.op("Mul", scores, np.float32((width // heads) ** -0.5)), -1)
        x = net.op("Add", x, net.linear(_attended(net, scores, v, width), width, width))
        x = net.op("Add", x, _feed_forward(net, net.layer_norm(x, width), width))
    first = net.op("Gather", net.layer_norm(x, width), net.constant(np.int64(0)), axis=1)
    classes = 10 if net.small else 1000
    net.output(net.gemm(first, width, classes), "logits", ["N", classes])
