#include <algorithm>
#include <cassert>

#include "runtime/kernels_move.h"

namespace quantrail::kernels {
namespace {

template <class Part>
[[maybe_unused]] std::int64_t row_of(std::span<const Part> parts) {
  std::int64_t row = 0;
  for (const Part& part : parts) row += part.row;
  return row;
}

}  // namespace

void concat(std::span<const ConcatPart<float>> parts, std::int64_t outer, std::span<float> dst) {
  assert(static_cast<std::int64_t>(dst.size()) == outer * row_of(parts));
  float* to = dst.data();
  for (std::int64_t o = 0; o < outer; ++o) {
    for (const auto& part : parts) to = std::copy_n(part.data + o * part.row, part.row, to);
  }
}

void concat(std::span<const CodePart> parts, std::int64_t outer, std::span<std::uint8_t> dst) {
  assert(static_cast<std::int64_t>(dst.size()) == outer * row_of(parts));
  std::uint8_t* to = dst.data();
  for (std::int64_t o = 0; o < outer; ++o) {
    for (const CodePart& part : parts) {
      const std::uint8_t* from = part.data + o * part.row;
      const auto row = static_cast<std::size_t>(part.row);
      if (part.table == nullptr) {
        std::copy_n(from, row, to);
      } else {
        look_up({from, row}, *part.table, {to, row});
      }
      to += row;
    }
  }
}

}  // namespace quantrail::kernels
