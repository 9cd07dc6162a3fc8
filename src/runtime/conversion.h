#pragma once

#include <cstddef>

#include "model/quantization.h"
#include "runtime/form.h"

namespace quantrail {

/// Moves a value from one form to another in one pass.
struct Conversion {
  Form from{};
  Form to{};
  Shape shape{};              ///< logical
  ActivationParams params{};  ///< where codes are involved
};

/// Whether apply() can do it directly: a change of layout alone (float32 or codes); quantizing or dequantizing in place
/// of layout, or together with the change of layout that network inputs and outputs need; Float to Dequantized in one
/// layout.
[[nodiscard]] bool in_one_pass(const Form& from, const Form& to);

/// Precondition: in_one_pass(from, to); the buffers hold the value in the two forms and do not overlap.
/// Up to `threads` threads share it where the layout stays.
void apply(const Conversion& conversion, const std::byte* source, std::byte* target, std::size_t threads = 1);

}  // namespace quantrail
