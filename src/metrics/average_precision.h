#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "metrics/detection.h"

namespace quantrail {

/// A detection beside the marked objects of its image. Bit t of a mask stands for the overlap threshold t.
struct JudgedDetection {
  std::int64_t category = 0;
  double score = 0.0;
  std::uint32_t right = 0;    ///< found an object that no better detection had found
  std::uint32_t ignored = 0;  ///< lies in a crowd: neither right nor wrong
  bool operator==(const JudgedDetection&) const = default;
};

/// All that average precision needs of one image, so that images can be judged apart and counted together.
struct JudgedImage {
  std::map<std::int64_t, std::int64_t> objects{};  ///< how many there are to find, by class; none is 0
  std::vector<JudgedDetection> detections{};       ///< by descending score
  bool operator==(const JudgedImage&) const = default;
};

/// COCO's matching (pycocotools): in order of descending score, each detection takes the object of its class that it
/// overlaps most, among those still free and by at least the threshold. Without one, it is ignored where at least that
/// share of its own area lies in a crowd of its class. Preconditions: `detections` by descending score; at most 32
/// thresholds.
[[nodiscard]] JudgedImage judged(std::span<const Detection> detections, std::span<const MarkedObject> objects,
                                 std::span<const double> thresholds);

/// COCO's average precision: precision, made monotone, at the recalls 0, 0.01, ... 1; mean over the classes that have
/// objects and over `thresholds` thresholds. 0 where there is no object at all.
[[nodiscard]] double mean_average_precision(std::span<const JudgedImage> images, std::size_t thresholds);

/// As a row of numbers, exactly, and back. What is cut off is left out.
[[nodiscard]] std::vector<double> packed(const JudgedImage& image);
[[nodiscard]] JudgedImage unpacked(std::span<const double> numbers);

}  // namespace quantrail
