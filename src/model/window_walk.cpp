#include "model/window_walk.h"

#include <algorithm>

namespace quantrail {

std::int64_t WindowWalk::start(std::int64_t position, std::size_t axis) const {
  for (std::size_t inner = result_.size(); inner-- > axis + 1;) position /= result_[inner];
  return position % result_[axis] * window_.strides[axis] - window_.pads_begin[axis];
}

std::span<const std::int64_t> WindowWalk::covered(std::int64_t position) {
  offsets_.assign(1, 0);
  for (std::size_t axis = 0; axis < source_.size(); ++axis) {
    outer_.swap(offsets_);
    offsets_.clear();
    const auto step = window_.dilations[axis];
    const auto begin = start(position, axis);
    const auto first = begin < 0 ? begin + (step - 1 - begin) / step * step : begin;
    const auto end = std::min(source_[axis], begin + window_.kernel[axis] * step);
    for (const auto outer : outer_)
      for (auto at = first; at < end; at += step) offsets_.push_back(outer * source_[axis] + at);
  }
  return offsets_;
}

std::int64_t WindowWalk::covered_with_pads(std::int64_t position) const {
  std::int64_t count = 1;
  for (std::size_t axis = 0; axis < source_.size(); ++axis) {
    const auto room = source_[axis] + window_.pads_end[axis] - 1 - start(position, axis);
    count *= std::min(window_.kernel[axis], room / window_.dilations[axis] + 1);
  }
  return count;
}

}  // namespace quantrail
