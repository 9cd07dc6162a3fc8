#include <algorithm>
#include <cmath>

#include "model/kernels.h"
#include "model/numbers.h"
#include "model/resize.h"

namespace quantrail {
namespace {

/// [outer, axis, inner] of a row-major shape.
struct AxisSplit {
  std::int64_t outer = 1;
  std::int64_t inner = 1;
};

AxisSplit split_at(const Shape& shape, std::size_t axis) {
  const auto at = shape.begin() + static_cast<std::ptrdiff_t>(axis);
  return {element_count({shape.begin(), at}), element_count({at + 1, shape.end()})};
}

/// Sets a row of `count` elements from the rows that the taps name. Sums run in tap order.
template <class V>
void combine(const Taps& taps, const V* source, std::int64_t count, V* target) {
  if (taps.taps.size() == 1) {
    std::copy_n(source + taps.taps[0].index * count, count, target);
    return;
  }
  std::fill_n(target, count, V{0});
  for (const auto& [index, weight] : taps.taps) {
    const V* row = source + index * count;
    for (std::int64_t at = 0; at < count; ++at) target[at] += static_cast<V>(weight * static_cast<double>(row[at]));
  }
}

template <class V>
std::vector<V> resized(const std::vector<V>& in, Shape& shape, const ResizedAxis& axis, const std::vector<Taps>& all,
                       V outside) {
  const auto [outer, inner] = split_at(shape, axis.axis);
  shape[axis.axis] = axis.to;
  std::vector<V> out(static_cast<std::size_t>(element_count(shape)));
  V* target = out.data();
  for (std::int64_t block = 0; block < outer; ++block) {
    const V* source = in.data() + block * axis.from * inner;
    for (const auto& taps : all) {
      if (taps.outside)
        std::fill_n(target, inner, outside);
      else
        combine(taps, source, inner, target);
      target += inner;
    }
  }
  return out;
}

struct ResizeStep {
  ResizedAxis axis{};
  CropRange crop{};
};

struct ResizePlan {
  ResizeMode mode{};
  std::vector<ResizeStep> steps{};
};

Result<ResizePlan> plan_of(const KernelCall& call) {
  const auto mode = resize_mode(call.view.node());
  if (!mode) return failed(mode);
  const auto axes = resize_axes(call.view);
  if (!axes) return failed(axes);
  ResizePlan plan{*mode, {}};
  const bool crops = mode->coordinates == ResizeMode::Coordinates::CropAndResize;
  const auto region = crops ? floats_of(call.input(1)) : std::vector<float>{};
  for (std::size_t at = 0; at < axes->size(); ++at)
    plan.steps.push_back({(*axes)[at], crops ? CropRange{region[at], region[at + axes->size()]} : CropRange{}});
  // Shrinking comes first, so that nothing between is larger than the input or the result.
  std::stable_partition(plan.steps.begin(), plan.steps.end(),
                        [](const ResizeStep& step) { return step.axis.to < step.axis.from; });
  return plan;
}

/// Axis after axis, in the elements' type V.
template <class V>
std::vector<V> resized(const ResizePlan& plan, std::vector<V> values, Shape shape, V outside) {
  const bool crops = plan.mode.coordinates == ResizeMode::Coordinates::CropAndResize;
  for (const auto& [axis, crop] : plan.steps) {
    if (axis.from == axis.to && axis.scale == 1.0F && !crops) continue;
    values = resized(values, shape, axis, resize_taps(plan.mode, axis, crop), outside);
  }
  return values;
}

Status resize(const KernelCall& call) {
  const auto plan = plan_of(call);
  if (!plan) return failed(plan);
  if (call.output().bytes.empty()) return {};
  if (call.input(0).bytes.empty()) return fail(Cause::InvalidInput, "has no elements to resize");
  const auto extrapolation = static_cast<double>(float_attribute(call.view.node(), "extrapolation_value", 0.0F));
  return for_number_type(call.input(0).type, [&](auto zero) -> Status {
    using T = decltype(zero);
    const auto in = call.input(0).values<T>();
    const auto out = call.output().values<T>();
    if (plan->mode.filter == ResizeMode::Filter::Nearest) {
      const auto values = resized<T>(*plan, {in.begin(), in.end()}, call.input(0).shape, saturated<T>(extrapolation));
      std::copy(values.begin(), values.end(), out.begin());
      return {};
    }
    // Interpolated in double over all axes and rounded once. Integers are cut off, but rounded to the nearest where an
    // antialiasing filter gave them, as in ONNX Runtime.
    const auto values = resized<double>(*plan, {in.begin(), in.end()}, call.input(0).shape, extrapolation);
    const bool nearest = std::is_integral_v<T> && plan->mode.antialias;
    std::transform(values.begin(), values.end(), out.begin(), [&](double value) {
      if constexpr (std::is_floating_point_v<T>) return static_cast<T>(value);
      return saturated<T>(nearest ? std::floor(value + 0.5) : static_cast<double>(static_cast<float>(value)));
    });
    return {};
  });
}

}  // namespace

void add_resize_kernels(Kernels& kernels) { kernels["Resize"] = resize; }

}  // namespace quantrail
