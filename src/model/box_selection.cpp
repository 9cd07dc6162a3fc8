#include "model/box_selection.h"

#include <algorithm>
#include <numeric>

#include "model/operand_checks.h"
#include "model/shape_math.h"

namespace quantrail {
namespace {

struct Box {
  float top = 0.0F;
  float left = 0.0F;
  float bottom = 0.0F;
  float right = 0.0F;
  [[nodiscard]] float area() const { return (bottom - top) * (right - left); }
};

/// Four floats: two opposite corners [y, x, y, x], or [center x, center y, width, height].
Box box_of(const float* values, bool by_center) {
  if (by_center) {
    const float half_width = values[2] / 2.0F;
    const float half_height = values[3] / 2.0F;
    return {values[1] - half_height, values[0] - half_width, values[1] + half_height, values[0] + half_width};
  }
  return {std::min(values[0], values[2]), std::min(values[1], values[3]), std::max(values[0], values[2]),
          std::max(values[1], values[3])};
}

bool overlap(const Box& a, const Box& b, float threshold) {
  const Box common{std::max(a.top, b.top), std::max(a.left, b.left), std::min(a.bottom, b.bottom),
                   std::min(a.right, b.right)};
  if (!(common.bottom > common.top) || !(common.right > common.left)) return false;
  if (!(a.area() > 0.0F) || !(b.area() > 0.0F)) return false;
  return common.area() / (a.area() + b.area() - common.area()) > threshold;
}

struct Limits {
  std::int64_t most = 0;  ///< boxes per batch and class
  float overlap = 0.0F;
  float score = 0.0F;
  bool by_score = false;
  bool by_center = false;
};

/// The one float of an input; 0 when it is left out.
Result<float> single_float(const NodeView& view, std::size_t input, std::string_view what) {
  if (!view.has(input)) return 0.0F;
  if (view.type(input).type != ElementType::Float32)
    return fail(Cause::InvalidInput, "{} must be float32, not {}", what, name_of(view.type(input).type));
  if (auto ok = check_single(view, input, what); !ok) return failed(ok);
  const auto value = view.value(input, what);
  if (!value) return failed(value);
  return (*value)->values<float>()[0];
}

Result<Limits> limits_of(const NodeView& view) {
  Limits limits;
  if (view.has(2)) {
    if (auto ok = check_single(view, 2, "its number of boxes"); !ok) return failed(ok);
    const auto most = view.integers(2, "its number of boxes");
    if (!most) return failed(most);
    limits.most = std::max<std::int64_t>(most->at(0), 0);
  }
  const auto overlap = single_float(view, 3, "its overlap threshold");
  if (!overlap) return failed(overlap);
  const auto score = single_float(view, 4, "its score threshold");
  if (!score) return failed(score);
  if (!(*overlap >= 0.0F && *overlap <= 1.0F))
    return fail(Cause::InvalidInput, "its overlap threshold is {}, allowed are 0 to 1", *overlap);
  limits.overlap = *overlap;
  limits.score = *score;
  limits.by_score = view.has(4);
  limits.by_center = view.integer("center_point_box", 0) != 0;
  return limits;
}

/// Boxes [boxes][4] and scores [boxes] of one batch and class.
std::vector<std::int64_t> select(std::span<const Box> boxes, const float* scores, const Limits& limits) {
  std::vector<std::int64_t> order;
  for (std::size_t box = 0; box < boxes.size(); ++box) {
    const float score = scores[box];
    if (limits.by_score ? score > limits.score : score == score) order.push_back(static_cast<std::int64_t>(box));
  }
  std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return scores[a] > scores[b]; });
  std::vector<std::int64_t> selected;
  for (const auto candidate : order) {
    if (static_cast<std::int64_t>(selected.size()) >= limits.most) break;
    const Box& box = boxes[static_cast<std::size_t>(candidate)];
    const bool free = std::none_of(selected.begin(), selected.end(), [&](auto other) {
      return overlap(box, boxes[static_cast<std::size_t>(other)], limits.overlap);
    });
    if (free) selected.push_back(candidate);
  }
  return selected;
}

Status check_operands(const NodeView& view) {
  const Shape& boxes = view.shape(0);
  const Shape& scores = view.shape(1);
  if (boxes.size() != 3 || scores.size() != 3 || boxes[0] != scores[0] || boxes[1] != scores[2] || boxes[2] != 4) {
    return fail(Cause::InvalidInput, "boxes of shape {} with scores of shape {}", shape_text(boxes),
                shape_text(scores));
  }
  if (view.type(0).type == ElementType::Float32 && view.type(1).type == ElementType::Float32) return {};
  return fail(Cause::InvalidInput, "boxes and scores must be float32");
}

}  // namespace

Result<std::vector<SelectedBox>> selected_boxes(const NodeView& view) {
  if (auto ok = check_operands(view); !ok) return failed(ok);
  const auto limits = limits_of(view);
  if (!limits) return failed(limits);
  const auto known_boxes = view.value(0, "what it selects from");
  if (!known_boxes) return failed(known_boxes);
  const auto known_scores = view.value(1, "what it selects by");
  if (!known_scores) return failed(known_scores);
  const float* corners = (*known_boxes)->values<float>().data();
  const float* scores = (*known_scores)->values<float>().data();
  const auto count = view.shape(0)[1];
  std::vector<SelectedBox> selected;
  std::vector<Box> boxes(static_cast<std::size_t>(count));
  for (std::int64_t batch = 0; batch < view.shape(0)[0]; ++batch) {
    for (auto& box : boxes) {
      box = box_of(corners, limits->by_center);
      corners += 4;
    }
    for (std::int64_t label = 0; label < view.shape(1)[1]; ++label, scores += count) {
      for (const auto box : select(boxes, scores, *limits)) selected.push_back({batch, label, box});
    }
  }
  return selected;
}

}  // namespace quantrail
