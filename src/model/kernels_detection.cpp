#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "base/text.h"
#include "model/box_selection.h"
#include "model/kernels.h"
#include "model/numbers.h"

namespace quantrail {
namespace {

/// An element of a plane and its share of one sample.
struct Corner {
  std::int64_t offset = 0;
  double weight = 0.0;
};
/// Bilinear: no share at all for a sample beside the plane.
using Sample = std::array<Corner, 4>;

Sample sample_at(double y, double x, std::int64_t height, std::int64_t width) {
  if (!(y >= -1.0 && y <= static_cast<double>(height) && x >= -1.0 && x <= static_cast<double>(width))) return {};
  y = std::clamp(y, 0.0, static_cast<double>(height - 1));
  x = std::clamp(x, 0.0, static_cast<double>(width - 1));
  const auto top = static_cast<std::int64_t>(y);
  const auto left = static_cast<std::int64_t>(x);
  const auto bottom = std::min(top + 1, height - 1);
  const auto right = std::min(left + 1, width - 1);
  const double down = y - static_cast<double>(top);
  const double over = x - static_cast<double>(left);
  return {{{top * width + left, (1.0 - down) * (1.0 - over)},
           {top * width + right, (1.0 - down) * over},
           {bottom * width + left, down * (1.0 - over)},
           {bottom * width + right, down * over}}};
}

/// One region of interest along one axis.
struct RegionAxis {
  double start = 0.0;
  double bin = 1.0;
  std::int64_t samples = 1;  ///< per bin

  [[nodiscard]] double position(std::int64_t of_bin, std::int64_t sample) const {
    return start +
           (static_cast<double>(of_bin) + (static_cast<double>(sample) + 0.5) / static_cast<double>(samples)) * bin;
  }
};

struct AlignMode {
  bool half_pixel = false;
  bool maximum = false;
  double scale = 1.0;
  std::int64_t samples = 0;  ///< per bin and axis; 0: as many as a bin has elements
};

Result<AlignMode> align_mode(const KernelCall& call) {
  const Node& node = call.view.node();
  AlignMode mode;
  const auto transformation = string_attribute(node, "coordinate_transformation_mode",
                                               call.view.opset() < 16 ? "output_half_pixel" : "half_pixel");
  if (transformation != "half_pixel" && transformation != "output_half_pixel")
    return fail(Cause::InvalidInput, "coordinate_transformation_mode '{}' is not known", printable(transformation));
  const auto kind = string_attribute(node, "mode", "avg");
  if (kind != "avg" && kind != "max")
    return fail(Cause::InvalidInput, "mode '{}' is neither avg nor max", printable(kind));
  mode.half_pixel = transformation == "half_pixel";
  mode.maximum = kind == "max";
  mode.scale = static_cast<double>(float_attribute(node, "spatial_scale", 1.0F));
  mode.samples = call.view.integer("sampling_ratio", 0);
  return mode;
}

Result<RegionAxis> region_axis(const AlignMode& mode, double from, double to, std::int64_t bins) {
  constexpr double kMostSamples = 4096;
  const double offset = mode.half_pixel ? 0.5 : 0.0;
  RegionAxis axis{.start = from * mode.scale - offset};
  double size = to * mode.scale - offset - axis.start;
  if (!mode.half_pixel) size = std::max(size, 1.0);
  axis.bin = size / static_cast<double>(bins);
  const double samples = mode.samples > 0 ? static_cast<double>(mode.samples) : std::ceil(axis.bin);
  if (!(samples <= kMostSamples) || !std::isfinite(axis.start))
    return fail(Cause::InvalidInput, "a region from {} to {} would need too many samples", from, to);
  axis.samples = static_cast<std::int64_t>(std::max(samples, 0.0));
  return axis;
}

/// What the samples of one bin give in one channel.
struct BinTotal {
  double sum = 0.0;
  double largest = -std::numeric_limits<double>::infinity();  ///< share of an element in one of the samples

  template <class T>
  void add(const T* plane, const Sample& sample) {
    for (const auto& [offset, weight] : sample) {
      const double share = weight * static_cast<double>(plane[offset]);
      sum += share;
      largest = std::max(largest, share);
    }
  }
};

struct Region {
  RegionAxis rows{};
  RegionAxis columns{};
  std::int64_t batch = 0;
};

template <class T>
Result<Region> region_of(const KernelCall& call, const AlignMode& mode, std::int64_t index) {
  const auto corners = call.input(1).values<T>().subspan(static_cast<std::size_t>(index) * 4, 4);
  const auto batch = call.input(2).values<std::int64_t>()[static_cast<std::size_t>(index)];
  if (batch < 0 || batch >= call.input(0).shape[0])
    return fail(Cause::InvalidInput, "batch index {} of {} samples", batch, call.input(0).shape[0]);
  const auto at = [&](std::size_t corner) { return static_cast<double>(corners[corner]); };
  const auto rows = region_axis(mode, at(1), at(3), call.output().shape[2]);
  if (!rows) return failed(rows);
  const auto columns = region_axis(mode, at(0), at(2), call.output().shape[3]);
  if (!columns) return failed(columns);
  constexpr std::int64_t kMostInAll = std::int64_t{1} << 20U;
  if (rows->samples * columns->samples > kMostInAll)
    return fail(Cause::InvalidInput, "a region would need {} samples per bin", rows->samples * columns->samples);
  return Region{*rows, *columns, batch};
}

/// The bin at row bin[0] and column bin[1] of a region, in all channels [channels, area] at once.
template <class T>
std::vector<BinTotal> bin_totals(const Region& region, std::array<std::int64_t, 2> bin, const Shape& shape,
                                 const T* x) {
  std::vector<BinTotal> totals(static_cast<std::size_t>(shape[1]));
  for (std::int64_t row = 0; row < region.rows.samples; ++row) {
    const double y = region.rows.position(bin[0], row);
    for (std::int64_t column = 0; column < region.columns.samples; ++column) {
      const auto sample = sample_at(y, region.columns.position(bin[1], column), shape[2], shape[3]);
      const T* plane = x;
      for (auto& total : totals) {
        total.add(plane, sample);
        plane += shape[2] * shape[3];
      }
    }
  }
  return totals;
}

template <class T>
Status align(const KernelCall& call, const AlignMode& mode) {
  const Shape& shape = call.input(0).shape;
  const Shape& result = call.output().shape;
  const auto bins = result[2] * result[3];
  T* y = call.output().values<T>().data();
  for (std::int64_t index = 0; index < result[0]; ++index, y += result[1] * bins) {
    const auto region = region_of<T>(call, mode, index);
    if (!region) return failed(region);
    const auto samples = region->rows.samples * region->columns.samples;
    if (samples == 0) continue;
    const T* x = call.input(0).values<T>().data() + region->batch * shape[1] * shape[2] * shape[3];
    for (std::int64_t bin = 0; bin < bins; ++bin) {
      const auto totals = bin_totals(*region, {bin / result[3], bin % result[3]}, shape, x);
      for (std::size_t channel = 0; channel < totals.size(); ++channel) {
        const auto& [sum, largest] = totals[channel];
        y[static_cast<std::int64_t>(channel) * bins + bin] =
            static_cast<T>(mode.maximum ? largest : sum / static_cast<double>(samples));
      }
    }
  }
  return {};
}

Status check_image(const KernelCall& call) {
  const Shape& shape = call.input(0).shape;
  if (shape[2] > 0 && shape[3] > 0) return {};
  return fail(Cause::InvalidInput, "has no elements to sample");
}

Status roi_align(const KernelCall& call) {
  if (auto ok = check_image(call); !ok) return ok;
  const auto mode = align_mode(call);
  if (!mode) return failed(mode);
  return for_float_type(call.input(0).type, [&](auto zero) { return align<decltype(zero)>(call, *mode); });
}

/// Elements [first, end) of an axis that bin `bin` of a region covers.
struct Span {
  std::int64_t first = 0;
  std::int64_t end = 0;
};

Span covered(double from, double to, std::int64_t bin, std::int64_t bins, std::int64_t size) {
  const double length = std::max(to - from + 1.0, 1.0) / static_cast<double>(bins);
  const auto limit = static_cast<double>(size);
  const double first = std::clamp(std::floor(static_cast<double>(bin) * length) + from, 0.0, limit);
  const double end = std::clamp(std::ceil(static_cast<double>(bin + 1) * length) + from, 0.0, limit);
  return {static_cast<std::int64_t>(first), static_cast<std::int64_t>(end)};
}

/// 0 for a bin without elements.
template <class T>
T largest(const T* plane, Span rows, Span columns, std::int64_t width) {
  if (rows.first >= rows.end || columns.first >= columns.end) return T{0};
  T best = plane[rows.first * width + columns.first];
  for (auto row = rows.first; row < rows.end; ++row)
    for (auto column = columns.first; column < columns.end; ++column)
      best = std::max(best, plane[row * width + column]);
  return best;
}

template <class T>
Status pool_regions(const KernelCall& call) {
  const Shape& shape = call.input(0).shape;
  const Shape& result = call.output().shape;
  const auto scale = static_cast<double>(float_attribute(call.view.node(), "spatial_scale", 1.0F));
  const auto area = shape[2] * shape[3];
  T* y = call.output().values<T>().data();
  for (std::int64_t index = 0; index < result[0]; ++index) {
    const auto region = call.input(1).values<T>().subspan(static_cast<std::size_t>(index) * 5, 5);
    std::array<double, 5> at{};
    for (std::size_t k = 0; k < 5; ++k)
      at[k] = k == 0 ? static_cast<double>(region[0]) : std::round(static_cast<double>(region[k]) * scale);
    const bool finite = std::all_of(at.begin(), at.end(), [](double value) { return std::isfinite(value); });
    if (!finite || !(at[0] >= 0.0 && at[0] < static_cast<double>(shape[0])))
      return fail(Cause::InvalidInput, "region {} names sample {} of {}, or is not finite", index, at[0], shape[0]);
    const T* x = call.input(0).values<T>().data() + static_cast<std::int64_t>(at[0]) * shape[1] * area;
    for (std::int64_t channel = 0; channel < shape[1]; ++channel)
      for (std::int64_t bin = 0; bin < result[2] * result[3]; ++bin)
        *y++ = largest(x + channel * area, covered(at[2], at[4], bin / result[3], result[2], shape[2]),
                       covered(at[1], at[3], bin % result[3], result[3], shape[3]), shape[3]);
  }
  return {};
}

Status max_roi_pool(const KernelCall& call) {
  return for_float_type(call.input(0).type, [&](auto zero) { return pool_regions<decltype(zero)>(call); });
}

Status non_max_suppression(const KernelCall& call) {
  const auto selected = selected_boxes(call.view);
  if (!selected) return failed(selected);
  auto* y = call.output().values<std::int64_t>().data();
  for (const auto& [batch, label, box] : *selected) {
    *y++ = batch;
    *y++ = label;
    *y++ = box;
  }
  return {};
}

}  // namespace

void add_detection_kernels(Kernels& kernels) {
  kernels["RoiAlign"] = roi_align;
  kernels["MaxRoiPool"] = max_roi_pool;
  kernels["NonMaxSuppression"] = non_max_suppression;
}

}  // namespace quantrail
