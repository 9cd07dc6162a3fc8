#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "config/config.h"
#include "metrics/metric.h"

namespace quantrail {

/// One object that a network found, in pixels of the image as it was before preprocessing.
struct Detection {
  Box box{};
  std::int64_t category = 0;
  double score = 0.0;
  bool operator==(const Detection&) const = default;
};

/// Area that two boxes share; 0 where a side is not finite.
[[nodiscard]] double shared_area(const Box& a, const Box& b);
[[nodiscard]] double area_of(const Box& box);
/// Shared area by joint area, 0 to 1.
[[nodiscard]] double overlap_of(const Box& a, const Box& b);

/// Non-maximum suppression: of boxes of a class that overlap by more than `most_overlap`, only the one with the highest
/// score stays. Answered by descending score, ties in the order given.
[[nodiscard]] std::vector<Detection> suppressed(std::vector<Detection> found, double most_overlap);

/// What `spec.decode` needs of an output, and of the input's size that `truth` names: InvalidInput where it is not so.
/// yolox: [.., A, 5 + classes], a row per cell of a grid for each stride; yolov5: [.., N, 5 + classes]; yolov8:
/// [.., 4 + classes, N]; boxes: [.., N, 6], where N may depend on data.
[[nodiscard]] Status is_decodable(const MetricSpec& spec, const OutputView& output, const Truth& truth);

/// The objects in an output that is_decodable, with scores above spec.score_threshold, before suppression.
/// yolox (Ge and others 2021): the cells' rows are tx, ty, tw, th, objectness, class scores; the centre is
/// (tx + column, ty + row) * stride, the size (exp(tw), exp(th)) * stride, the score objectness * class score, for each
/// class. yolov5 and yolov8, as Ultralytics exports its networks: centre and size in pixels of the input, objectness
/// (yolov5, by which scores are multiplied) and a score for each class. boxes: left, top, right, bottom in pixels of
/// the input, score, class.
[[nodiscard]] std::vector<Detection> decoded(const MetricSpec& spec, const OutputView& output,
                                             const ImagePlacement& placement);

}  // namespace quantrail
