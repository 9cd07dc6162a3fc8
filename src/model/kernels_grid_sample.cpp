#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "model/kernels.h"
#include "model/numbers.h"
#include "model/shape_math.h"

namespace quantrail {
namespace {

struct GridMode {
  enum class Filter { Nearest, Linear, Cubic };
  enum class Padding { Zeros, Border, Reflection };
  Filter filter = Filter::Linear;
  Padding padding = Padding::Zeros;
  bool align_corners = false;
};

Result<GridMode> grid_mode(const Node& node) {
  GridMode mode;
  const auto filter = string_attribute(node, "mode", "linear");
  if (filter == "nearest")
    mode.filter = GridMode::Filter::Nearest;
  else if (filter == "cubic" || filter == "bicubic")
    mode.filter = GridMode::Filter::Cubic;
  else if (filter != "linear" && filter != "bilinear")
    return fail(Cause::InvalidInput, "mode '{}' is not known", printable(filter));
  const auto padding = string_attribute(node, "padding_mode", "zeros");
  if (padding == "border")
    mode.padding = GridMode::Padding::Border;
  else if (padding == "reflection")
    mode.padding = GridMode::Padding::Reflection;
  else if (padding != "zeros")
    return fail(Cause::InvalidInput, "padding_mode '{}' is none of zeros, border, reflection", printable(padding));
  mode.align_corners = int_attribute(node, "align_corners", 0) != 0;
  return mode;
}

/// Mirrored at both ends of [low, high] until it lies inside.
float reflected(float x, float low, float high) {
  const float range = high - low;
  if (!(range > 0.0F)) return low;
  const float distance = std::abs(x - low);
  const float within = std::fmod(distance, 2.0F * range);
  return low + std::min(within, 2.0F * range - within);
}

/// One spatial axis of the input.
struct GridAxis {
  std::int64_t size = 1;
  std::int64_t stride = 1;

  [[nodiscard]] float low(const GridMode& mode) const { return mode.align_corners ? 0.0F : -0.5F; }
  [[nodiscard]] float high(const GridMode& mode) const {
    return static_cast<float>(size) - (mode.align_corners ? 1.0F : 0.5F);
  }

  /// From [-1, 1] to elements, moved inside as the padding asks. What is no number counts as far outside.
  [[nodiscard]] float element(const GridMode& mode, float x) const {
    constexpr float kFar = 1e9F;
    const auto last = static_cast<float>(size - 1);
    const float raw =
        mode.align_corners ? (x + 1.0F) / 2.0F * last : ((x + 1.0F) * static_cast<float>(size) - 1.0F) / 2.0F;
    const float at = std::isnan(raw) ? -kFar : std::clamp(raw, -kFar, kFar);
    // The cubic filter pads each element that it reads, not the position between them.
    if (mode.filter == GridMode::Filter::Cubic || (at >= low(mode) && at <= high(mode))) return at;
    if (mode.padding == GridMode::Padding::Border) return std::clamp(at, 0.0F, last);
    if (mode.padding == GridMode::Padding::Reflection) return reflected(at, low(mode), high(mode));
    return at;
  }

  /// Where element `index` is read; -1 where a zero is.
  [[nodiscard]] std::int64_t source(const GridMode& mode, std::int64_t index) const {
    if (index >= 0 && index < size) return index;
    if (mode.padding == GridMode::Padding::Zeros) return -1;
    if (mode.padding == GridMode::Padding::Border) return std::clamp<std::int64_t>(index, 0, size - 1);
    const auto mirrored = reflected(static_cast<float>(index), low(mode), high(mode));
    return std::clamp<std::int64_t>(static_cast<std::int64_t>(mirrored), 0, size - 1);
  }
};

struct GridTap {
  std::int64_t offset = 0;
  double weight = 1.0;
};

/// Keys' cubic convolution, a = -0.75.
double cubic_weight(double distance) {
  constexpr double kA = -0.75;
  const double x = std::abs(distance);
  if (x <= 1.0) return ((kA + 2.0) * x - (kA + 3.0)) * x * x + 1.0;
  return ((kA * x - 5.0 * kA) * x + 8.0 * kA) * x - 4.0 * kA;
}

/// Multiplies every tap by those along one more axis.
void spread(const GridMode& mode, const GridAxis& axis, float x, std::vector<GridTap>& taps) {
  const float at = axis.element(mode, x);
  const auto whole = static_cast<std::int64_t>(std::floor(at));
  const double rest = static_cast<double>(at) - static_cast<double>(whole);
  std::vector<std::pair<std::int64_t, double>> along;
  if (mode.filter == GridMode::Filter::Nearest) along = {{static_cast<std::int64_t>(std::nearbyint(at)), 1.0}};
  if (mode.filter == GridMode::Filter::Linear) along = {{whole, 1.0 - rest}, {whole + 1, rest}};
  if (mode.filter == GridMode::Filter::Cubic) {
    for (std::int64_t k = -1; k <= 2; ++k) along.emplace_back(whole + k, cubic_weight(static_cast<double>(k) - rest));
  }
  std::vector<GridTap> product;
  for (const auto& tap : taps) {
    for (const auto& [index, weight] : along) {
      const auto source = axis.source(mode, index);
      if (source >= 0) product.push_back({tap.offset + source * axis.stride, tap.weight * weight});
    }
  }
  taps = std::move(product);
}

Status grid_sample(const KernelCall& call) {
  const auto mode = grid_mode(call.view.node());
  if (!mode) return failed(mode);
  const Shape& shape = call.input(0).shape;
  std::vector<GridAxis> axes;
  const auto strides = strides_of(shape);
  for (std::size_t axis = 2; axis < shape.size(); ++axis) axes.push_back({shape[axis], strides[axis]});
  const auto area = element_count({shape.begin() + 2, shape.end()});
  const Shape& result = call.output().shape;
  const auto points = element_count({result.begin() + 2, result.end()});
  if (area == 0 && points > 0) return fail(Cause::InvalidInput, "has no elements to sample");
  const auto grid = is_float(call.input(1).type) ? floats_of(call.input(1)) : std::vector<float>{};
  return for_number_type(call.input(0).type, [&](auto zero) -> Status {
    using T = decltype(zero);
    T* y = call.output().values<T>().data();
    const float* position = grid.data();
    for (std::int64_t point = 0; point < shape[0] * points; ++point, position += axes.size()) {
      std::vector<GridTap> taps{{0, 1.0}};
      // The grid names the last axis first.
      for (std::size_t axis = 0; axis < axes.size(); ++axis)
        spread(*mode, axes[axis], position[axes.size() - 1 - axis], taps);
      const auto sample = point / points;
      for (std::int64_t channel = 0; channel < shape[1]; ++channel) {
        const auto plane = sample * shape[1] + channel;
        const T* x = call.input(0).values<T>().data() + plane * area;
        double sum = 0.0;
        for (const auto& [offset, weight] : taps) sum += weight * static_cast<double>(x[offset]);
        y[plane * points + point % points] = saturated<T>(sum);
      }
    }
    return {};
  });
}

}  // namespace

void add_grid_sample_kernels(Kernels& kernels) { kernels["GridSample"] = grid_sample; }

}  // namespace quantrail
