#pragma once

#include <string>

#include "runtime/emission.h"
#include "runtime/kernels_unary.h"

namespace quantrail {

/// Whether emit_unary() computes this operator.
[[nodiscard]] bool is_unary(const std::string& op);

/// The step that applies `function` to all elements of input `input`.
[[nodiscard]] Status emit_function(const Emission& e, std::size_t input, const kernels::Unary& function, Layout layout);

}  // namespace quantrail
