#pragma once

#include "runtime/emission.h"

namespace quantrail {

/// Whether the node hands codes on as they are: from codes to codes at the same scale and zero point.
[[nodiscard]] bool moves_codes(const Emission& e);

/// Adds a step that runs `kernel(source, target)`, on float32 or on codes alike, from input 0 to the result.
template <class Kernel>
[[nodiscard]] Status emit_moving(const Emission& e, Layout layout, Kernel kernel) {
  const auto add = [&]<class T>(T, Numeric numeric, Result<StorageId> source) -> Status {
    if (!source) return failed(source);
    const auto result = e.builder().write(e.result(), {numeric, layout});
    e.step({*source}, {result}, [kernel, from = *source, result](const Bindings& at) {
      return action([kernel, source = at.source<T>(from), target = at.target<T>(result)] { kernel(source, target); });
    });
    return {};
  };
  if (moves_codes(e)) return add(std::uint8_t{}, Numeric::Codes, e.read_codes(0, layout));
  return add(float{}, Numeric::Float, e.read_float(0, layout));
}

}  // namespace quantrail
