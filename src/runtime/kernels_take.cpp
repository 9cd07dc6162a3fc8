#include "runtime/kernels_take.h"

#include <algorithm>
#include <cassert>
#include <cstring>

#include "runtime/isa.h"

namespace quantrail::kernels {
namespace {

template <class T>
QUANTRAIL_INLINE void gather_elements(const T* src, const std::int64_t* offsets, std::int64_t count, T* dst) {
  for (std::int64_t i = 0; i < count; ++i) dst[i] = src[offsets[i]];
}

}  // namespace

Take::Take(std::span<const TakenAxis> axes) {
  assert(axes.size() <= kMaxRank);
  std::size_t rank = axes.size();
  while (rank > 0 && axes[rank - 1].positions.empty()) run_ *= axes[--rank].size;
  axes_.resize(rank);
  std::int64_t stride = run_;
  std::int64_t elements = run_;
  for (std::size_t a = rank; a-- > 0;) {
    const TakenAxis& from = axes[a];
    Axis& axis = axes_[a];
    axis.elements = elements;
    for (std::int64_t i = 0; i < from.count(); ++i) {
      const std::int64_t position = from.positions.empty() ? i : from.positions[static_cast<std::size_t>(i)];
      assert(position >= 0 && position < from.size);
      axis.offsets.push_back(position * stride);
    }
    stride *= from.size;
    elements *= from.count();
  }
}

template <class T>
void Take::write(std::size_t depth, const T* src, T* dst) const {
  const Axis& axis = axes_[depth];
  const auto count = static_cast<std::int64_t>(axis.offsets.size());
  if (depth + 1 == axes_.size()) {
    if (run_ == 1) return gather_elements(src, axis.offsets.data(), count, dst);
    for (const std::int64_t offset : axis.offsets) dst = std::copy_n(src + offset, run_, dst);
    return;
  }
  for (std::int64_t i = 0; i < count; ++i, dst += axis.elements) {
    const std::int64_t offset = axis.offsets[static_cast<std::size_t>(i)];
    // A position taken twice in a row, as when an image grows: its rows are there already, in order.
    const bool again = i > 0 && offset == axis.offsets[static_cast<std::size_t>(i - 1)];
    if (again) {
      std::copy_n(dst - axis.elements, axis.elements, dst);
    } else {
      write(depth + 1, src + offset, dst);
    }
  }
}

template <class T>
void Take::run(std::span<const T> src, std::span<T> dst) const {
  if (dst.empty()) return;
  if (axes_.empty()) {
    std::copy_n(src.data(), run_, dst.data());
    return;
  }
  assert(static_cast<std::int64_t>(dst.size()) ==
         axes_[0].elements * static_cast<std::int64_t>(axes_[0].offsets.size()));
  write(0, src.data(), dst.data());
}

template void Take::run(std::span<const std::uint8_t>, std::span<std::uint8_t>) const;
template void Take::run(std::span<const std::uint16_t>, std::span<std::uint16_t>) const;
template void Take::run(std::span<const float>, std::span<float>) const;
template void Take::run(std::span<const std::uint64_t>, std::span<std::uint64_t>) const;

}  // namespace quantrail::kernels
