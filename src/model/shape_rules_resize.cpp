#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "base/text.h"
#include "model/resize.h"
#include "model/shape_math.h"

namespace quantrail {
namespace {

constexpr double kMostSize = 1e12;

/// The listed axes in their order.
Result<std::vector<std::size_t>> listed_axes(const NodeView& view) {
  std::vector<std::size_t> axes(view.rank(0));
  std::iota(axes.begin(), axes.end(), std::size_t{0});
  if (!view.node().attributes.contains("axes")) return axes;
  const auto named = view.ints("axes");
  if (auto once = normal_axes(named, view.rank(0)); !once) return failed(once);
  axes.clear();
  for (const auto axis : named) axes.push_back(*normal_axis(axis, view.rank(0)));
  return axes;
}

Result<std::vector<float>> scales_of(const NodeView& view, std::size_t count) {
  const auto known = view.value(2, "its scales");
  if (!known) return failed(known);
  const Tensor* scales = *known;
  if (scales->type != ElementType::Float32 || scales->shape != Shape{static_cast<std::int64_t>(count)}) {
    return fail(Cause::InvalidInput, "scales of type {} and shape {} for {} axes", name_of(scales->type),
                shape_text(scales->shape), count);
  }
  return floats_of(*scales);
}

/// floor(from * scale); a size of zero stays zero.
Result<std::vector<ResizedAxis>> by_scales(const NodeView& view, const std::vector<std::size_t>& axes) {
  const auto scales = scales_of(view, axes.size());
  if (!scales) return failed(scales);
  std::vector<ResizedAxis> result;
  for (std::size_t at = 0; at < axes.size(); ++at) {
    const auto from = view.shape(0)[axes[at]];
    const float scale = (*scales)[at];
    const double size = std::floor(static_cast<double>(from) * static_cast<double>(scale));
    if (!(scale > 0.0F) || !(size < kMostSize))
      return fail(Cause::InvalidInput, "scale {} of axis {}", scale, axes[at]);
    result.push_back({axes[at], from, static_cast<std::int64_t>(size), scale});
  }
  return result;
}

/// "not_larger" fits the result into the sizes, "not_smaller" around them; both keep the aspect ratio.
Status keep_ratio(std::vector<ResizedAxis>& axes, bool larger) {
  if (axes.empty()) return {};
  float common = axes[0].scale;
  for (const auto& axis : axes) common = larger ? std::max(common, axis.scale) : std::min(common, axis.scale);
  for (auto& axis : axes) {
    const double size = std::floor(static_cast<double>(common * static_cast<float>(axis.from)) + 0.5);
    if (!(size < kMostSize)) return fail(Cause::InvalidInput, "scale {} of axis {}", common, axis.axis);
    axis.scale = common;
    axis.to = static_cast<std::int64_t>(size);
  }
  return {};
}

Result<std::vector<ResizedAxis>> by_sizes(const NodeView& view, const std::vector<std::size_t>& axes) {
  const auto sizes = view.integers(3, "its sizes");
  if (!sizes) return failed(sizes);
  if (sizes->size() != axes.size())
    return fail(Cause::InvalidInput, "{} sizes for {} axes", sizes->size(), axes.size());
  std::vector<ResizedAxis> result;
  for (std::size_t at = 0; at < axes.size(); ++at) {
    const auto from = view.shape(0)[axes[at]];
    const auto to = (*sizes)[at];
    if (to < 0 || (from == 0 && to > 0) || static_cast<double>(to) > kMostSize)
      return fail(Cause::InvalidInput, "size {} of axis {}, which has {} elements", to, axes[at], from);
    const float scale = from == 0 ? 1.0F : static_cast<float>(to) / static_cast<float>(from);
    result.push_back({axes[at], from, to, scale});
  }
  const auto policy = string_attribute(view.node(), "keep_aspect_ratio_policy", "stretch");
  if (policy == "stretch") return result;
  if (policy != "not_larger" && policy != "not_smaller") {
    return fail(Cause::InvalidInput, "keep_aspect_ratio_policy '{}' is none of stretch, not_larger, not_smaller",
                printable(policy));
  }
  if (auto ok = keep_ratio(result, policy == "not_smaller"); !ok) return failed(ok);
  return result;
}

template <class Value, std::size_t N>
Result<Value> chosen(const Node& node, std::string_view key, std::string_view otherwise,
                     const std::array<std::pair<std::string_view, Value>, N>& values) {
  const auto text = string_attribute(node, key, otherwise);
  for (const auto& [name, value] : values) {
    if (name == text) return value;
  }
  return fail(Cause::InvalidInput, "{} '{}' is not known", key, printable(text));
}

/// CropAndResize needs to know what to crop.
Status check_crop(const NodeView& view, std::size_t axes) {
  if (string_attribute(view.node(), "coordinate_transformation_mode", "") != "tf_crop_and_resize") return {};
  if (!view.has(1) || view.shape(1) != Shape{static_cast<std::int64_t>(2 * axes)} || !is_float(view.type(1).type))
    return fail(Cause::InvalidInput, "tf_crop_and_resize needs a region of interest of {} floats", 2 * axes);
  return {};
}

Result<Types> resize(const NodeView& view) {
  if (auto mode = resize_mode(view.node()); !mode) return failed(mode);
  const auto axes = resize_axes(view);
  if (!axes) return failed(axes);
  if (auto ok = check_crop(view, axes->size()); !ok) return failed(ok);
  Shape shape = view.shape(0);
  for (const auto& axis : *axes) shape[axis.axis] = axis.to;
  return Types{{view.type(0).type, std::move(shape)}};
}

}  // namespace

Result<std::vector<ResizedAxis>> resize_axes(const NodeView& view) {
  const auto axes = listed_axes(view);
  if (!axes) return failed(axes);
  const auto given = [&](std::size_t input) { return view.has(input) && checked_count(view.shape(input)) != 0; };
  if (given(3)) return by_sizes(view, *axes);
  if (given(2) || (view.has(2) && axes->empty())) return by_scales(view, *axes);
  return fail(Cause::InvalidInput, "neither scales nor sizes are given");
}

Result<ResizeMode> resize_mode(const Node& node) {
  using Filter = ResizeMode::Filter;
  using Coordinates = ResizeMode::Coordinates;
  using Rounding = ResizeMode::Rounding;
  const auto filter = chosen<Filter, 3>(
      node, "mode", "nearest", {{{"nearest", Filter::Nearest}, {"linear", Filter::Linear}, {"cubic", Filter::Cubic}}});
  if (!filter) return failed(filter);
  const auto coordinates = chosen<Coordinates, 7>(node, "coordinate_transformation_mode", "half_pixel",
                                                  {{{"half_pixel", Coordinates::HalfPixel},
                                                    {"half_pixel_symmetric", Coordinates::HalfPixelSymmetric},
                                                    {"pytorch_half_pixel", Coordinates::PytorchHalfPixel},
                                                    {"align_corners", Coordinates::AlignCorners},
                                                    {"asymmetric", Coordinates::Asymmetric},
                                                    {"tf_half_pixel_for_nn", Coordinates::HalfPixelForNearest},
                                                    {"tf_crop_and_resize", Coordinates::CropAndResize}}});
  if (!coordinates) return failed(coordinates);
  const auto rounding = chosen<Rounding, 4>(node, "nearest_mode", "round_prefer_floor",
                                            {{{"round_prefer_floor", Rounding::PreferFloor},
                                              {"round_prefer_ceil", Rounding::PreferCeil},
                                              {"floor", Rounding::Floor},
                                              {"ceil", Rounding::Ceil}}});
  if (!rounding) return failed(rounding);
  return ResizeMode{*filter,
                    *coordinates,
                    *rounding,
                    int_attribute(node, "antialias", 0) != 0,
                    int_attribute(node, "exclude_outside", 0) != 0,
                    static_cast<double>(float_attribute(node, "cubic_coeff_a", -0.75F))};
}

void add_resize_rules(ShapeRules& rules) { rules["Resize"] = {resize, 1, 4}; }

}  // namespace quantrail
