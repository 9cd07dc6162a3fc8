#pragma once

#include <string>

namespace quantrail {

/// Whether emit_unary() computes this operator.
[[nodiscard]] bool is_unary(const std::string& op);

}  // namespace quantrail
