#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace quantrail {

/// One axis of a Resize.
struct ResizeAxis {
  std::int64_t in = 1;
  std::int64_t out = 1;
  float scale = 1.0F;  ///< out / in as the node gives it, before the result's size was made whole
  [[nodiscard]] bool unchanged() const { return in == out && scale == 1.0F; }
};

/// What a Resize node says about every axis, in ONNX's words.
struct ResizeRule {
  std::string mode = "nearest";          ///< "nearest", "linear" or "cubic"
  std::string transform = "half_pixel";  ///< coordinate_transformation_mode
  std::string nearest = "round_prefer_floor";
  float cubic_coefficient = -0.75F;
  bool exclude_outside = false;
};

/// Whether positions_along() and taps_along() know how to follow `rule`.
[[nodiscard]] bool follows(const ResizeRule& rule);

/// Nearest: the source position of each result position. Coordinates are float32, in the operations and the order of
/// the ONNX definition, so that ties fall where they fall elsewhere.
[[nodiscard]] std::vector<std::int64_t> positions_along(const ResizeAxis& axis, const ResizeRule& rule);

/// Linear and cubic: which source positions a result position mixes, and with which weights. `count` of them for each;
/// positions beside the source are moved to its border.
struct ResizeTaps {
  std::int64_t count = 2;
  std::vector<std::int64_t> positions{};  ///< [out][count]
  std::vector<float> weights{};           ///< [out][count]
};
[[nodiscard]] ResizeTaps taps_along(const ResizeAxis& axis, const ResizeRule& rule);

}  // namespace quantrail
