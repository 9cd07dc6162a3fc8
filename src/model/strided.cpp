#include "model/strided.h"

#include <cassert>
#include <cstring>

namespace quantrail {
namespace {

template <class Unit>
void copy_units(const Shape& shape, const StridedSource& from, const StridedTarget& to) {
  const auto* source = reinterpret_cast<const Unit*>(from.data);
  auto* target = reinterpret_cast<Unit*>(to.data);
  for_each_row<2>(shape, {from.strides, to.strides}, [&](const auto& offsets, std::int64_t count, const auto& steps) {
    const Unit* in = source + offsets[0];
    Unit* out = target + offsets[1];
    if (steps[0] == 1 && steps[1] == 1) {
      std::memcpy(out, in, static_cast<std::size_t>(count) * sizeof(Unit));
      return;
    }
    for (std::int64_t at = 0; at < count; ++at) out[at * steps[1]] = in[at * steps[0]];
  });
}

}  // namespace

void copy_strided(std::size_t element_size, const Shape& shape, const StridedSource& from, const StridedTarget& to) {
  switch (element_size) {
    case 1: return copy_units<std::uint8_t>(shape, from, to);
    case 2: return copy_units<std::uint16_t>(shape, from, to);
    case 4: return copy_units<std::uint32_t>(shape, from, to);
    case 8: return copy_units<std::uint64_t>(shape, from, to);
    default: assert(false && "no element has this size");
  }
}

}  // namespace quantrail
