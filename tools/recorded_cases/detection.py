"""Regions of interest and box selection."""

import numpy as np

from case import floats

REGIONS = floats(1, 2, 9, 7, 0, 0, 4, 4, 3.5, 2.25, 3.75, 2.5, -2, -1, 14, 12).reshape(4, 4)
BATCHES = np.int64([0, 1, 1, 0])


def _regions(cases):
    for opset in (10, 16):
        cases.add("roi_align", opset, "RoiAlign", lambda c: [c.normal(2, 3, 8, 10), REGIONS, BATCHES], output_height=3,
                  output_width=2, spatial_scale=0.75)
    for mode in ("avg", "max"):
        for transformation in ("half_pixel", "output_half_pixel"):
            cases.add(f"roi_align_{mode}_{transformation}", 16, "RoiAlign",
                      lambda c: [c.normal(2, 3, 8, 10), REGIONS, BATCHES], output_height=2, output_width=3, sampling_ratio=2,
                      mode=mode, coordinate_transformation_mode=transformation)
    cases.add("max_roi_pool", 18, "MaxRoiPool",
              lambda c: [c.normal(2, 3, 8, 10), np.concatenate([BATCHES[:, None].astype(np.float32), REGIONS], 1)],
              pooled_shape=[2, 3], spatial_scale=0.75)


def _boxes(c, count):
    corners = np.sort(c.normal(2, count, 2, 2), 2)
    return corners.reshape(2, count, 4)


def _selection(cases):
    limit, overlap, score = np.int64([4]), floats(0.3), floats(0.1)
    cases.add("nms", 18, "NonMaxSuppression", lambda c: [_boxes(c, 20), c.normal(2, 3, 20), limit, overlap, score])
    cases.add("nms_by_center", 18, "NonMaxSuppression",
              lambda c: [np.abs(c.normal(2, 20, 4)), c.normal(2, 3, 20), limit, overlap, score], center_point_box=1)
    cases.add("nms_without_score_threshold", 18, "NonMaxSuppression",
              lambda c: [_boxes(c, 20), c.normal(2, 3, 20), np.int64([100]), overlap])
    cases.add("nms_flipped_corners", 18, "NonMaxSuppression",
              lambda c: [c.normal(2, 20, 4), c.normal(2, 1, 20), limit, floats(0.5), score])
    cases.add("nms_ties", 18, "NonMaxSuppression",
              lambda c: [_boxes(c, 12), np.tile(floats(0.5, 0.7, 0.5), (2, 1, 4)), limit, overlap, score])
    cases.add("nms_no_boxes", 18, "NonMaxSuppression", lambda c: [_boxes(c, 20), c.normal(2, 3, 20)])


def add(cases):
    _regions(cases)
    _selection(cases)
