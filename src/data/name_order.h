#pragma once

#include <string_view>

namespace quantrail {

/// Whether `a` comes before `b` when digits in them are read as numbers: "set_2" before "set_10".
[[nodiscard]] bool number_order(std::string_view a, std::string_view b);

}  // namespace quantrail
