#include <algorithm>
#include <array>
#include <cassert>

#include "runtime/kernels_move.h"

namespace quantrail::kernels {
namespace {

constexpr std::int64_t kOutside = -1;

struct Axis {
  std::int64_t source = 1;
  std::int64_t begin = 0;
  std::int64_t result = 1;
  std::int64_t stride = 1;  ///< in the source
};

/// The source position that result position `at` shows, or kOutside.
std::int64_t source_position(const Axis& axis, PadMode mode, std::int64_t at) {
  const std::int64_t position = at - axis.begin;
  if (position >= 0 && position < axis.source) return position;
  switch (mode) {
    case PadMode::Constant: return kOutside;
    case PadMode::Edge: return position < 0 ? 0 : axis.source - 1;
    case PadMode::Reflect: break;
  }
  const std::int64_t period = std::max<std::int64_t>(1, 2 * (axis.source - 1));
  const std::int64_t phase = (position % period + period) % period;
  return std::min(phase, period - phase) % axis.source;
}

/// Writes one tensor from its outermost axis inwards.
template <class T>
class Padder {
 public:
  Padder(std::span<const T> src, const PadShape& shape, T value) : src_(src.data()), mode_(shape.mode), value_(value) {
    assert(shape.source.size() <= kMaxRank && shape.begin.size() == shape.source.size() &&
           shape.end.size() == shape.source.size());
    std::size_t rank = shape.source.size();
    while (rank > 0 && shape.begin[rank - 1] == 0 && shape.end[rank - 1] == 0) run_ *= shape.source[--rank];
    std::int64_t stride = run_;
    for (std::size_t a = rank; a-- > 0; stride *= shape.source[a]) {
      axes_[a] = {shape.source[a], shape.begin[a], shape.source[a] + shape.begin[a] + shape.end[a], stride};
    }
    used_ = rank;
  }

  /// `from` is an offset in the source, or kOutside.
  T* write(std::size_t depth, std::int64_t from, T* to) const {
    if (depth == used_) return from == kOutside ? std::fill_n(to, run_, value_) : std::copy_n(src_ + from, run_, to);
    const Axis& axis = axes_[depth];
    const bool innermost = depth + 1 == used_;
    for (std::int64_t at = 0; at < axis.result;) {
      if (innermost && from != kOutside && at == std::max<std::int64_t>(0, axis.begin)) {
        const std::int64_t inside = std::min(axis.result, axis.begin + axis.source) - at;
        if (inside > 0) {
          to = std::copy_n(src_ + from + (at - axis.begin) * axis.stride, inside * run_, to);
          at += inside;
          continue;
        }
      }
      const std::int64_t position = from == kOutside ? kOutside : source_position(axis, mode_, at);
      to = write(depth + 1, position == kOutside ? kOutside : from + position * axis.stride, to);
      ++at;
    }
    return to;
  }

 private:
  const T* src_;
  PadMode mode_;
  T value_;
  std::array<Axis, kMaxRank> axes_{};
  std::size_t used_ = 0;
  std::int64_t run_ = 1;  // elements of the trailing axes, which are not padded
};

}  // namespace

void pad(std::span<const float> src, const PadShape& shape, float value, std::span<float> dst) {
  Padder<float>(src, shape, value).write(0, 0, dst.data());
}

void pad(std::span<const std::uint8_t> src, const PadShape& shape, std::uint8_t value, std::span<std::uint8_t> dst) {
  Padder<std::uint8_t>(src, shape, value).write(0, 0, dst.data());
}

}  // namespace quantrail::kernels
