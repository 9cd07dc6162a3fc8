#pragma once

#include <complex>
#include <span>
#include <vector>

#include "base/error.h"
#include "model/shape_rules.h"

namespace quantrail {

/// A discrete Fourier transform of one length, in double, by its definition: the sums have a fixed order.
class FourierTransform {
 public:
  /// Of `length` > 0 samples; inverse: divided by the length.
  FourierTransform(std::size_t length, bool inverse);
  /// `samples` are padded with zeros or cut to the length. Writes the first frequencies, as many as `bins` has.
  void run(std::span<const std::complex<double>> samples, std::span<std::complex<double>> bins) const;

 private:
  std::vector<std::complex<double>> turns_{};  ///< exp(-2 pi i k / length), or with + for the inverse
  double scale_ = 1.0;
};

/// What a DFT node does.
struct FourierPlan {
  std::size_t axis = 1;
  std::int64_t length = 0;  ///< of the transform
  std::int64_t bins = 0;    ///< of the result along the axis
  bool inverse = false;
};
[[nodiscard]] Result<FourierPlan> fourier_plan(const NodeView& view);

/// What an STFT node does.
struct FramePlan {
  std::int64_t step = 1;
  std::int64_t length = 0;  ///< of one frame
  std::int64_t frames = 0;
  std::int64_t bins = 0;
};
[[nodiscard]] Result<FramePlan> frame_plan(const NodeView& view);

}  // namespace quantrail
