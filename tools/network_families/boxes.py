"""What detectors do with boxes inside the graph."""

import numpy as np


def corners(net, boxes):
    """[..., 4] of centre and extent to the two corners."""
    center, extent = net.slice(boxes, [0], [2], [2]), net.slice(boxes, [2], [4], [2])
    half = net.op("Mul", extent, np.float32(0.5))
    return net.op("Concat", net.op("Sub", center, half), net.op("Add", center, half), axis=2)


def kept_boxes(net, boxes, scores, threshold, center, most=20):
    """NonMaxSuppression over boxes [1,count,4] and scores [1,classes,count]; outputs what was kept, with its length."""
    picked = net.op("NonMaxSuppression", boxes, scores, np.array([most], np.int64),
                    np.array([0.45], np.float32), np.array([threshold], np.float32), center_point_box=1 if center else 0)
    box_at = net.squeeze(net.slice(picked, [2], [3], [1]), 1)
    class_at = net.squeeze(net.slice(picked, [1], [2], [1]), 1)
    found = net.squeeze(net.op("Gather", corners(net, boxes) if center else boxes, box_at, axis=1), 0)
    by_box = net.squeeze(net.op("Transpose", scores, perm=[0, 2, 1]), 0)
    where = net.op("Concat", net.unsqueeze(box_at, 1), net.unsqueeze(class_at, 1), axis=1)
    net.output(found, "boxes", ["kept", 4], selected=True)
    net.output(net.op("GatherND", by_box, where), "scores", ["kept"], selected=True)
    net.output(class_at, "classes", ["kept"], np.int64, selected=True)
