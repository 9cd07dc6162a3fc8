#include "model/convolution.h"

namespace quantrail {
namespace {

Shape spatial_of(const Shape& shape) { return {shape.begin() + 2, shape.end()}; }

/// Where the window's position `k` (counted along all axes but the last) of result row `row` falls in the source.
std::optional<std::int64_t> source_row(const Convolution& c, std::int64_t row, std::int64_t k) {
  std::int64_t offset = 0;
  std::int64_t pitch = c.source.back();
  for (std::size_t axis = c.source.size() - 1; axis-- > 0;) {
    const auto at = row % c.result[axis] * c.window.strides[axis] - c.window.pads_begin[axis] +
                    k % c.window.kernel[axis] * c.window.dilations[axis];
    if (at < 0 || at >= c.source[axis]) return std::nullopt;
    offset += at * pitch;
    pitch *= c.source[axis];
    row /= c.result[axis];
    k /= c.window.kernel[axis];
  }
  return offset;
}

}  // namespace

Result<Convolution> convolution_of(const Node& node, const Shape& x, const Shape& w, const Shape& y) {
  auto window = window_of(node, spatial_of(x), spatial_of(w));
  if (!window) return failed(window);
  const auto groups = int_attribute(node, "group", 1);
  return Convolution{x[0], groups, w[1], w[0] / groups, spatial_of(x), spatial_of(y), std::move(*window)};
}

std::vector<RowPair> meeting_rows(const Convolution& c, std::int64_t row) {
  std::vector<RowPair> pairs;
  const auto width = c.window.kernel.back();
  const auto rows = element_count(c.window.kernel) / width;
  for (std::int64_t k = 0; k < rows; ++k) {
    if (const auto source = source_row(c, row, k)) pairs.push_back({*source, k * width});
  }
  return pairs;
}

std::vector<ColumnReach> column_reaches(const Convolution& c) {
  std::vector<ColumnReach> reaches;
  const auto stride = c.window.strides.back();
  for (std::int64_t k = 0; k < c.window.kernel.back(); ++k) {
    const auto shift = k * c.window.dilations.back() - c.window.pads_begin.back();
    const auto room = c.source.back() - 1 - shift;
    const auto first = shift < 0 ? (-shift + stride - 1) / stride : 0;
    const auto end = room < 0 ? 0 : std::min(c.result.back(), room / stride + 1);
    reaches.push_back({first, end, shift});
  }
  return reaches;
}

}  // namespace quantrail
