#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "runtime/kernels_layout.h"

namespace quantrail::kernels {

/// Elements as the moving kernels see them: bits of a width, whatever they mean. Four bytes are float, since most are.
template <std::size_t kBytes>
struct WordOf;
template <>
struct WordOf<1> {
  using type = std::uint8_t;
};
template <>
struct WordOf<2> {
  using type = std::uint16_t;
};
template <>
struct WordOf<4> {
  using type = float;
};
template <>
struct WordOf<8> {
  using type = std::uint64_t;
};
template <std::size_t kBytes>
using Word = typename WordOf<kBytes>::type;

/// Which positions of one axis are taken, in which order; an empty list takes the whole axis of `size` as it is.
struct TakenAxis {
  std::int64_t size = 1;                  ///< in the source
  std::vector<std::int64_t> positions{};  ///< each in [0, size)
  [[nodiscard]] std::int64_t count() const { return positions.empty() ? size : std::int64_t(positions.size()); }
};

/// dst[i0, i1, ...] = src[axis0.positions[i0], axis1.positions[i1], ...]: nearest Resize, Tile, Expand, Gather by a
/// list of positions, Slice with steps. Prepared once for a shape; immutable and thread-safe. Works in any layout in
/// which the axes are given; rank <= kMaxRank, no axis empty.
class Take {
 public:
  explicit Take(std::span<const TakenAxis> axes);

  /// Instantiated for the four Words. Must not overlap.
  template <class T>
  void run(std::span<const T> src, std::span<T> dst) const;

 private:
  struct Axis {
    std::vector<std::int64_t> offsets{};  ///< in elements of the source
    std::int64_t elements = 1;            ///< of the result, from one position to the next
  };
  template <class T>
  void write(std::size_t depth, const T* src, T* dst) const;

  std::vector<Axis> axes_{};  // outermost first; axes that are taken whole, and lie behind all others, are in run_
  std::int64_t run_ = 1;      // neighbouring elements copied at once
};

}  // namespace quantrail::kernels
