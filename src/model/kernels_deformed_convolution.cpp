#include <array>
#include <cmath>
#include <vector>

#include "model/convolution.h"
#include "model/kernels.h"
#include "model/numbers.h"

namespace quantrail {
namespace {

enum Input : std::size_t { kX, kWeights, kOffsets, kBias, kMask };

struct Tap {
  std::int64_t offset = 0;
  double weight = 0.0;
};

/// A convolution of planes whose window reads each element somewhere else, between elements: what is outside is zero.
struct Deformed {
  Convolution plan{};
  std::int64_t offset_groups = 1;

  [[nodiscard]] std::int64_t channels() const { return plan.groups * plan.from; }
  [[nodiscard]] std::int64_t kernel_area() const { return element_count(plan.window.kernel); }
  [[nodiscard]] std::int64_t area() const { return element_count(plan.source); }
  [[nodiscard]] std::int64_t points() const { return element_count(plan.result); }

  /// Where element `k` of the window lies along an axis for a result at `at`, before it is moved.
  [[nodiscard]] double place(std::size_t axis, std::int64_t at, std::int64_t k) const {
    const auto& w = plan.window;
    return static_cast<double>(at * w.strides[axis] - w.pads_begin[axis] + k * w.dilations[axis]);
  }
};

/// The four elements around a place in a plane, by how near they are.
std::array<Tap, 4> taps_around(const Shape& plane, double row, double column) {
  std::array<Tap, 4> taps{};
  const bool inside = row > -1.0 && row < static_cast<double>(plane[0]) && column > -1.0 &&
                      column < static_cast<double>(plane[1]);  // false for what is no number
  if (!inside) return taps;
  const double top = std::floor(row);
  const double left = std::floor(column);
  for (std::size_t corner = 0; corner < taps.size(); ++corner) {
    const bool lower = corner >= 2;
    const bool right = corner % 2 == 1;
    const auto y = static_cast<std::int64_t>(top) + (lower ? 1 : 0);
    const auto x = static_cast<std::int64_t>(left) + (right ? 1 : 0);
    if (y < 0 || y >= plane[0] || x < 0 || x >= plane[1]) continue;
    const double across = lower ? row - top : 1.0 - (row - top);
    const double along = right ? column - left : 1.0 - (column - left);
    taps[corner] = {y * plane[1] + x, across * along};
  }
  return taps;
}

/// What all elements of the window read for one result, as [channel, element].
template <class T>
void sample(const Deformed& d, const KernelCall& call, std::int64_t batch, std::int64_t point,
            std::vector<double>& samples) {
  const auto each = d.kernel_area();
  const auto width = d.plan.window.kernel[1];
  const auto along = d.channels() / d.offset_groups;
  const T* x = call.input(kX).values<T>().data() + batch * d.channels() * d.area();
  const T* moves = call.input(kOffsets).values<T>().data() + batch * d.offset_groups * each * 2 * d.points() + point;
  const T* mask = call.has(kMask)
                      ? call.input(kMask).values<T>().data() + batch * d.offset_groups * each * d.points() + point
                      : nullptr;
  for (std::int64_t element = 0; element < d.offset_groups * each; ++element) {
    const auto k = element % each;
    const double row =
        d.place(0, point / d.plan.result[1], k / width) + static_cast<double>(moves[2 * element * d.points()]);
    const double column =
        d.place(1, point % d.plan.result[1], k % width) + static_cast<double>(moves[(2 * element + 1) * d.points()]);
    const double factor = mask != nullptr ? static_cast<double>(mask[element * d.points()]) : 1.0;
    const auto taps = taps_around(d.plan.source, row, column);
    const auto first = element / each * along;
    for (auto channel = first; channel < first + along; ++channel) {
      double sum = 0.0;
      for (const auto& tap : taps) {
        if (tap.weight != 0.0) sum += tap.weight * static_cast<double>(x[channel * d.area() + tap.offset]);
      }
      samples[static_cast<std::size_t>(channel * each + k)] = factor * sum;
    }
  }
}

template <class T>
void convolve_deformed(const Deformed& d, const KernelCall& call) {
  const auto depth = d.plan.from * d.kernel_area();
  const auto filters = d.plan.groups * d.plan.to;
  const T* weights = call.input(kWeights).values<T>().data();
  const T* bias = call.has(kBias) ? call.input(kBias).values<T>().data() : nullptr;
  T* y = call.output().values<T>().data();
  std::vector<double> samples(static_cast<std::size_t>(d.channels() * d.kernel_area()));
  for (std::int64_t at = 0; at < d.plan.batch * d.points(); ++at) {
    const auto batch = at / d.points();
    const auto point = at % d.points();
    sample<T>(d, call, batch, point, samples);
    for (std::int64_t filter = 0; filter < filters; ++filter) {
      const double* read = samples.data() + filter / d.plan.to * depth;
      double sum = bias != nullptr ? static_cast<double>(bias[filter]) : 0.0;
      for (std::int64_t i = 0; i < depth; ++i) sum += read[i] * static_cast<double>(weights[filter * depth + i]);
      y[(batch * filters + filter) * d.points() + point] = static_cast<T>(sum);
    }
  }
}

Status deformed_conv(const KernelCall& call) {
  auto plan = convolution_of(call.view.node(), call.input(kX).shape, call.input(kWeights).shape, call.output().shape);
  if (!plan) return failed(plan);
  const Deformed deformed{std::move(*plan), call.view.integer("offset_group", 1)};
  return for_float_type(call.input(kX).type, [&](auto zero) -> Status {
    convolve_deformed<decltype(zero)>(deformed, call);
    return {};
  });
}

}  // namespace

void add_deformed_convolution_kernels(Kernels& kernels) { kernels["DeformConv"] = deformed_conv; }

}  // namespace quantrail
