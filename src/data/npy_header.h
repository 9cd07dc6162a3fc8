#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "model/tensor.h"

namespace quantrail {

/// The three entries of a .npy header, as written.
struct NpyHeader {
  std::string descr{};  ///< "<f4"
  bool fortran_order = false;
  Shape shape{};
};

/// Parses the Python dictionary of a header. Errors: InvalidInput for anything but the three entries, once each.
[[nodiscard]] Result<NpyHeader> parse_npy_header(std::string_view text);

}  // namespace quantrail
