#include "metrics/detection.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

namespace quantrail {
namespace {

constexpr std::int64_t kBoxColumns = 6;
constexpr std::int64_t kBeforeClasses = 5;  // of a row of yolox

std::string shape_text(const Shape& shape) { return fmt::format("[{}]", fmt::join(shape, ",")); }

bool is_finite(const Box& box) {
  return std::isfinite(box.left) && std::isfinite(box.top) && std::isfinite(box.right) && std::isfinite(box.bottom);
}

/// The rows of an output: all axes before the last two are of size 1.
struct Rows {
  std::int64_t count = 0;    ///< -1: depends on data
  std::int64_t columns = 0;  ///< likewise
};

std::optional<Rows> rows_of(const Shape& shape) {
  if (shape.size() < 2) return std::nullopt;
  const bool flat = std::all_of(shape.begin(), shape.end() - 2, [](auto size) { return size == 1 || size == -1; });
  return flat ? std::optional(Rows{*(shape.end() - 2), shape.back()}) : std::nullopt;
}

std::vector<double> numbers_of(const OutputView& output) {
  const auto copied = [&]<class T>(T) {
    const auto* values = reinterpret_cast<const T*>(output.bytes.data());
    return std::vector<double>(values, values + output.bytes.size() / sizeof(T));
  };
  return output.type == ElementType::Float64 ? copied(double{}) : copied(float{});
}

Box in_image(const Box& box, const ImagePlacement& placement) {
  return {(box.left - placement.offset_x) / placement.scale_x, (box.top - placement.offset_y) / placement.scale_y,
          (box.right - placement.offset_x) / placement.scale_x, (box.bottom - placement.offset_y) / placement.scale_y};
}

std::vector<Detection> decoded_boxes(const MetricSpec& spec, std::span<const double> values,
                                     const ImagePlacement& placement) {
  constexpr double kMostClasses = 1e9;
  std::vector<Detection> found;
  for (; values.size() >= kBoxColumns; values = values.subspan(kBoxColumns)) {
    const double score = values[4], category = values[5];
    if (!(score > spec.score_threshold) || !(std::abs(category) < kMostClasses)) continue;
    const Box box{values[0], values[1], values[2], values[3]};
    found.push_back({in_image(box, placement), std::llround(category), score});
  }
  return found;
}

/// Adds the objects of one cell of a grid: one for each class that scores enough.
void add_cell(std::span<const double> row, double column, double line, double stride, const MetricSpec& spec,
              const ImagePlacement& placement, std::vector<Detection>& found) {
  const double x = (row[0] + column) * stride, y = (row[1] + line) * stride;
  const double width = std::exp(row[2]) * stride, height = std::exp(row[3]) * stride;
  const Box box = in_image({x - width / 2, y - height / 2, x + width / 2, y + height / 2}, placement);
  for (std::size_t at = kBeforeClasses; at < row.size(); ++at) {
    const double score = row[4] * row[at];
    if (score > spec.score_threshold) found.push_back({box, static_cast<std::int64_t>(at - kBeforeClasses), score});
  }
}

std::vector<Detection> decoded_yolox(const MetricSpec& spec, std::span<const double> values, std::size_t columns,
                                     const ImagePlacement& placement) {
  std::vector<Detection> found;
  for (const std::int64_t stride : spec.strides) {
    const std::int64_t across = placement.width / stride;
    const std::int64_t cells = across * (placement.height / stride);
    for (std::int64_t cell = 0; cell < cells; ++cell, values = values.subspan(columns)) {
      add_cell(values.first(columns), static_cast<double>(cell % across), static_cast<double>(cell / across),
               static_cast<double>(stride), spec, placement, found);
    }
  }
  return found;
}

/// Boxes that the network has decoded: centre and size in pixels of the input, then, with `objectness`, a factor of all
/// scores, and the classes' scores. Number i of row r is values[r * row_step + i * column_step].
struct Centred {
  std::size_t rows = 0;
  std::size_t columns = 0;
  std::size_t row_step = 0;
  std::size_t column_step = 0;
  bool objectness = false;
};

Centred centred_of(const MetricSpec& spec, const Shape& shape) {
  const auto last = static_cast<std::size_t>(shape.back());
  const auto before = static_cast<std::size_t>(shape[shape.size() - 2]);
  if (spec.decode == "yolov8") return {last, before, 1, last, false};
  return {before, last, last, 1, true};
}

std::vector<Detection> decoded_centred(const MetricSpec& spec, std::span<const double> values, const Centred& layout,
                                       const ImagePlacement& placement) {
  std::vector<Detection> found;
  const std::size_t first_class = layout.objectness ? 5 : 4;
  for (std::size_t row = 0; row < layout.rows; ++row) {
    const auto number = [&](std::size_t at) { return values[row * layout.row_step + at * layout.column_step]; };
    const double x = number(0), y = number(1), width = number(2), height = number(3);
    const Box box = in_image({x - width / 2, y - height / 2, x + width / 2, y + height / 2}, placement);
    for (std::size_t at = first_class; at < layout.columns; ++at) {
      const double score = layout.objectness ? number(4) * number(at) : number(at);
      if (score > spec.score_threshold) found.push_back({box, static_cast<std::int64_t>(at - first_class), score});
    }
  }
  return found;
}

/// Whether objects are of classes that the network has.
Status has_classes(const Truth& truth, std::int64_t classes) {
  for (const auto& object : *truth.objects) {
    if (object.category < classes) continue;
    return fail(Cause::InvalidInput, "an object is of class {}, the network's classes are 0 to {}", object.category,
                classes - 1);
  }
  return {};
}

Status is_yolox(const MetricSpec& spec, const OutputView& output, const Rows& rows, const Truth& truth) {
  const std::int64_t width = truth.placement.width, height = truth.placement.height;
  std::int64_t cells = 0;
  for (const std::int64_t stride : spec.strides) {
    if (width % stride != 0 || height % stride != 0) {
      return fail(Cause::InvalidInput, "the input of {} x {} pixels cannot be divided by the stride {}", width, height,
                  stride);
    }
    cells += (width / stride) * (height / stride);
  }
  if (rows.count != cells || rows.columns <= kBeforeClasses) {
    return fail(Cause::InvalidInput,
                "output {} has shape {} per sample, yolox with strides {} and an input of {} x {} needs [{},5+classes]",
                spec.output, shape_text(output.shape), fmt::join(spec.strides, ", "), width, height, cells);
  }
  return has_classes(truth, rows.columns - kBeforeClasses);
}

/// What an output must look like, in words.
std::string_view layout_of(std::string_view decode) {
  if (decode == "yolox") return "[cells,5+classes]";
  if (decode == "yolov5") return "[N,5+classes]: centre, size, objectness, class scores";
  if (decode == "yolov8") return "[4+classes,N]: centre, size, class scores";
  return "[N,6]: left, top, right, bottom, score, class";
}

}  // namespace

double shared_area(const Box& a, const Box& b) {
  if (!is_finite(a) || !is_finite(b)) return 0.0;
  const double width = std::min(a.right, b.right) - std::max(a.left, b.left);
  const double height = std::min(a.bottom, b.bottom) - std::max(a.top, b.top);
  return width > 0.0 && height > 0.0 ? width * height : 0.0;
}

double area_of(const Box& box) { return (box.right - box.left) * (box.bottom - box.top); }

double overlap_of(const Box& a, const Box& b) {
  const double shared = shared_area(a, b);
  return shared > 0.0 ? shared / (area_of(a) + area_of(b) - shared) : 0.0;
}

std::vector<Detection> suppressed(std::vector<Detection> found, double most_overlap) {
  std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.score > b.score; });
  std::vector<Detection> kept;
  for (const auto& one : found) {
    const bool hidden = std::any_of(kept.begin(), kept.end(), [&](const auto& better) {
      return better.category == one.category && overlap_of(better.box, one.box) > most_overlap;
    });
    if (!hidden) kept.push_back(one);
  }
  return kept;
}

Status is_decodable(const MetricSpec& spec, const OutputView& output, const Truth& truth) {
  if (output.type != ElementType::Float32 && output.type != ElementType::Float64) {
    return fail(Cause::InvalidInput, "output {} is {}, boxes must be float32 or float64", spec.output,
                name_of(output.type));
  }
  if (truth.objects == nullptr) return fail(Cause::InvalidInput, "no objects are marked in the samples");
  const auto rows = rows_of(output.shape);
  if (rows && spec.decode == "yolox") return is_yolox(spec, output, *rows, truth);
  // One that has more classes than boxes is the other way round.
  if (rows && spec.decode == "yolov5" && rows->columns > kBeforeClasses && rows->count >= rows->columns)
    return has_classes(truth, rows->columns - kBeforeClasses);
  if (rows && spec.decode == "yolov8" && rows->count > kBeforeClasses - 1 && rows->columns >= rows->count)
    return has_classes(truth, rows->count - (kBeforeClasses - 1));
  if (rows && spec.decode == "boxes" && (rows->columns == kBoxColumns || rows->columns == -1)) return {};
  return fail(Cause::InvalidInput, "output {} has shape {} per sample, {} needs {}", spec.output,
              shape_text(output.shape), spec.decode, layout_of(spec.decode));
}

std::vector<Detection> decoded(const MetricSpec& spec, const OutputView& output, const ImagePlacement& placement) {
  const auto values = numbers_of(output);
  if (spec.decode == "boxes") return decoded_boxes(spec, values, placement);
  if (spec.decode != "yolox") return decoded_centred(spec, values, centred_of(spec, output.shape), placement);
  return decoded_yolox(spec, values, static_cast<std::size_t>(output.shape.back()), placement);
}

}  // namespace quantrail
