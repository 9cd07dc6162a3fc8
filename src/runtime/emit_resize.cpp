#include "runtime/emit_moving.h"
#include "runtime/kernels_mix.h"
#include "runtime/resize_axis.h"

namespace quantrail {
namespace {

ResizeRule rule_of(const Node& node) {
  ResizeRule rule;
  rule.mode = string_attribute(node, "mode", rule.mode);
  rule.transform = string_attribute(node, "coordinate_transformation_mode", rule.transform);
  rule.nearest = string_attribute(node, "nearest_mode", rule.nearest);
  rule.cubic_coefficient = float_attribute(node, "cubic_coeff_a", rule.cubic_coefficient);
  rule.exclude_outside = int_attribute(node, "exclude_outside", 0) != 0;
  return rule;
}

/// Per axis of the input; nothing where the scales are not one per axis and known, or follow a policy of their own.
std::optional<std::vector<ResizeAxis>> axes_of(const Emission& e) {
  const Shape& from = e.shape(0);
  const Shape& to = e.result_shape();
  if (e.node().attributes.contains("axes") || int_attribute(e.node(), "antialias", 0) != 0 ||
      string_attribute(e.node(), "keep_aspect_ratio_policy", "stretch") != "stretch") {
    return std::nullopt;
  }
  std::vector<float> scales;
  if (e.has_input(3)) {
    for (std::size_t axis = 0; axis < from.size(); ++axis)
      scales.push_back(static_cast<float>(to[axis]) / static_cast<float>(from[axis]));
  } else if (const auto given = e.constant(2); given && given->type == ElementType::Float32) {
    scales = floats_of(*given);
  }
  if (scales.size() != from.size()) return std::nullopt;
  std::vector<ResizeAxis> axes;
  for (std::size_t axis = 0; axis < from.size(); ++axis) axes.push_back({from[axis], to[axis], scales[axis]});
  return axes;
}

Status emit_nearest(const Emission& e, const std::vector<ResizeAxis>& axes, const ResizeRule& rule) {
  const Layout layout = e.builder().layout(e.node().inputs[0]);
  std::vector<kernels::TakenAxis> taken;
  for (const auto& axis : axes)
    taken.push_back({axis.in, axis.unchanged() ? std::vector<std::int64_t>{} : positions_along(axis, rule)});
  auto take = std::make_shared<const kernels::Take>(in_stored_order(taken, layout));
  return emit_words(e, layout,
                    [take]<class T>(std::span<const T> source, std::span<T> target) { take->run(source, target); });
}

/// One axis after the other, from the innermost in memory on, which keeps the passes small when the result grows.
Status emit_mixed(const Emission& e, const std::vector<ResizeAxis>& axes, const ResizeRule& rule) {
  const Layout layout = e.builder().layout(e.node().inputs[0]);
  auto source = e.read_float(0, layout);
  if (!source) return failed(source);
  const auto stored = in_stored_order(axes, layout);
  Shape shape = stored_shape(e.shape(0), layout);
  std::vector<std::size_t> order;
  for (std::size_t axis = stored.size(); axis-- > 0;) {
    if (!stored[axis].unchanged()) order.push_back(axis);
  }
  if (order.empty()) {
    e.builder().place(e.result(), {Numeric::Float, layout}, *source);
    return {};
  }
  StorageId from = *source;
  for (const std::size_t axis : order) {
    kernels::AxisShape around;
    for (std::size_t at = 0; at < shape.size(); ++at)
      (at < axis ? around.outer : at == axis ? around.axis : around.inner) *= shape[at];
    shape[axis] = stored[axis].out;
    const bool last = axis == order.back();
    const auto bytes = static_cast<std::size_t>(element_count(shape)) * sizeof(float);
    const StorageId to = last ? e.builder().write(e.result(), {Numeric::Float, layout}) : e.builder().temporary(bytes);
    auto taps = std::make_shared<const ResizeTaps>(taps_along(stored[axis], rule));
    e.step({from}, {to}, [=](const Bindings& at) {
      return action([=, source = at.source<float>(from), target = at.target<float>(to)] {
        kernels::mix(source, around, {taps->count, taps->positions, taps->weights}, target);
      });
    });
    from = to;
  }
  return {};
}

}  // namespace

Status emit_resize(const Emission& e) {
  constexpr std::int64_t kMostPositions = 1 << 23;  // what each is made of takes several times the result's memory
  for (std::size_t axis = 0; axis < e.shape(0).size(); ++axis) {
    const auto size = e.result_shape()[axis];
    if (size > kMostPositions && size != e.shape(0)[axis])
      return e.unsupported(fmt::format("resizing to {} positions, more than {}", size, kMostPositions));
  }
  const ResizeRule rule = rule_of(e.node());
  const auto axes = axes_of(e);
  if (!axes || !follows(rule) || e.shape(0).size() > kernels::kMaxRank) return emit_interpreted(e);
  if (rule.mode == "nearest") return emit_nearest(e, *axes, rule);
  return e.is_float(0) ? emit_mixed(e, *axes, rule) : emit_interpreted(e);
}

}  // namespace quantrail
