#pragma once

#include <span>

#include "model/window.h"

namespace quantrail {

/// Which elements of a plane [spatial...] a pooling window covers.
class WindowWalk {
 public:
  WindowWalk(Window window, Shape source, Shape result)
      : window_(std::move(window)), source_(std::move(source)), result_(std::move(result)) {}

  /// Offsets of the elements under the window at `position` of the result (counted row-major), ascending; what lies in
  /// the padding is left out. Valid until the next call.
  [[nodiscard]] std::span<const std::int64_t> covered(std::int64_t position);
  /// How many elements it covers when the padding counts, but not what ceil_mode adds beyond it.
  [[nodiscard]] std::int64_t covered_with_pads(std::int64_t position) const;

 private:
  [[nodiscard]] std::int64_t start(std::int64_t position, std::size_t axis) const;

  Window window_;
  Shape source_;
  Shape result_;
  std::vector<std::int64_t> offsets_{};
  std::vector<std::int64_t> outer_{};
};

}  // namespace quantrail
