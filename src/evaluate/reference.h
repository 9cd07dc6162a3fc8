#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "metrics/metric.h"

namespace quantrail {

/// The elements of one sample's output as float, whatever its element type.
[[nodiscard]] std::vector<float> as_floats(const OutputView& output);

/// |y - reference|^2 / |reference|^2. Against a reference of zeros: 0 when y is zero too, else 1. NaN stays NaN. Where
/// sizes differ, which depend on data, what one of the two lacks is 0.
[[nodiscard]] double relative_distance(std::span<const float> y, std::span<const float> reference);

/// Outputs of the float model for one sample, those that somebody compares with.
using Reference = std::vector<std::vector<float>>;

/// References by sample, so that distances to it cost one pass over the samples, not one per
/// candidate. Holds at most `max_bytes`; what does not fit is computed again by the caller whenever it is asked for,
/// so that memory changes the time and never the result. Thread-safe.
class ReferenceOutputs {
 public:
  explicit ReferenceOutputs(std::size_t max_bytes) : max_bytes_(max_bytes) {}
  /// Null when it is not held.
  [[nodiscard]] std::shared_ptr<const Reference> find(std::size_t sample) const;
  void offer(std::size_t sample, std::shared_ptr<const Reference> outputs);

 private:
  std::size_t max_bytes_;
  mutable std::mutex guard_{};
  std::size_t bytes_ = 0;
  std::map<std::size_t, std::shared_ptr<const Reference>> outputs_{};
};

}  // namespace quantrail
