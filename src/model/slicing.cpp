#include "model/slicing.h"

#include <algorithm>
#include <numeric>

#include "base/text.h"
#include "model/shape_math.h"

namespace quantrail {
namespace {

/// The axes that input `input` names, in its order; all of `rank` axes when it is left out.
Result<std::vector<std::size_t>> named_axes(const NodeView& view, std::size_t input, std::size_t otherwise) {
  std::vector<std::size_t> axes(otherwise);
  std::iota(axes.begin(), axes.end(), std::size_t{0});
  if (!view.has(input)) return axes;
  const auto named = view.integers(input, "its axes");
  if (!named) return failed(named);
  if (const auto valid = normal_axes(*named, view.rank(0)); !valid) return failed(valid);
  axes.clear();
  for (const auto axis : *named) axes.push_back(*normal_axis(axis, view.rank(0)));
  return axes;
}

/// Bounds count from the end where negative, and are cut to the axis: [0, size] forwards, [-1, size - 1] backwards.
SliceAxis slice_axis(std::int64_t start, std::int64_t end, std::int64_t step, std::int64_t size) {
  const auto absolute = [size](std::int64_t bound) { return bound < 0 ? bound + size : bound; };
  if (step > 0) {
    const auto first = std::clamp<std::int64_t>(absolute(start), 0, size);
    const auto last = std::clamp<std::int64_t>(absolute(end), 0, size);
    const auto length = std::max<std::int64_t>(0, last - first);
    return {first, step, length == 0 ? 0 : (length - 1) / step + 1};
  }
  const auto first = std::clamp<std::int64_t>(absolute(start), -1, size - 1);
  const auto last = std::clamp<std::int64_t>(absolute(end), -1, size - 1);
  const auto length = std::max<std::int64_t>(0, first - last);
  return {std::max<std::int64_t>(first, 0), step, length == 0 ? 0 : (length - 1) / -step + 1};
}

}  // namespace

Result<std::vector<SliceAxis>> slice_of(const NodeView& view) {
  const auto starts = view.integers(1, "its starts");
  if (!starts) return failed(starts);
  const auto ends = view.integers(2, "its ends");
  if (!ends) return failed(ends);
  const auto axes = named_axes(view, 3, starts->size());
  if (!axes) return failed(axes);
  std::vector<std::int64_t> steps(starts->size(), 1);
  if (view.has(4)) {
    auto given = view.integers(4, "its steps");
    if (!given) return failed(given);
    steps = std::move(*given);
  }
  if (ends->size() != starts->size() || axes->size() != starts->size() || steps.size() != starts->size() ||
      starts->size() > view.rank(0)) {
    return fail(Cause::InvalidInput, "its starts, ends, axes and steps do not have one length");
  }
  std::vector<SliceAxis> slice;
  for (const auto size : view.shape(0)) slice.push_back({0, 1, size});
  constexpr std::int64_t kFar = std::int64_t{1} << 41U;
  for (std::size_t at = 0; at < starts->size(); ++at) {
    if (steps[at] == 0) return fail(Cause::InvalidInput, "its step is 0");
    slice[(*axes)[at]] = slice_axis(std::clamp((*starts)[at], -kFar, kFar), std::clamp((*ends)[at], -kFar, kFar),
                                    std::clamp(steps[at], -kFar, kFar), view.shape(0)[(*axes)[at]]);
  }
  return slice;
}

Result<Padding> padding_of(const NodeView& view) {
  const auto pads = view.integers(1, "its pads");
  if (!pads) return failed(pads);
  const auto axes = named_axes(view, 3, view.rank(0));
  if (!axes) return failed(axes);
  if (pads->size() != axes->size() * 2) {
    return fail(Cause::InvalidInput, "{} pads for {} axes, two for each are needed", pads->size(), axes->size());
  }
  Padding padding{std::vector<std::int64_t>(view.rank(0), 0), std::vector<std::int64_t>(view.rank(0), 0),
                  string_attribute(view.node(), "mode", "constant")};
  if (padding.mode != "constant" && padding.mode != "reflect" && padding.mode != "edge" && padding.mode != "wrap") {
    return fail(Cause::InvalidInput, "mode '{}' is none of constant, reflect, edge, wrap", printable(padding.mode));
  }
  constexpr std::int64_t kMost = std::int64_t{1} << 40U;
  for (std::size_t at = 0; at < axes->size(); ++at) {
    const auto axis = (*axes)[at];
    padding.begin[axis] = (*pads)[at];
    padding.end[axis] = (*pads)[at + axes->size()];
    const auto most =
        std::max(std::abs(std::max(padding.begin[axis], -kMost)), std::abs(std::max(padding.end[axis], -kMost)));
    const auto size = view.shape(0)[axis];
    if (most > kMost || size + padding.begin[axis] + padding.end[axis] < 0) {
      return fail(Cause::InvalidInput, "pads {} and {} for an axis of {}", padding.begin[axis], padding.end[axis],
                  size);
    }
    if ((padding.mode == "reflect" && most > 0 && most >= size) ||
        (padding.mode != "constant" && most > 0 && size == 0)) {
      return fail(Cause::InvalidInput, "mode {} cannot add {} elements to an axis of {}", padding.mode, most, size);
    }
  }
  return padding;
}

}  // namespace quantrail
