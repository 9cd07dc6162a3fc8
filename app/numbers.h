#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <string>

#include "base/decimals.h"

namespace quantrail::app {

[[nodiscard]] inline double mebibytes(std::uint64_t bytes) { return static_cast<double>(bytes) / 1048576.0; }

/// "512 B", "7.6 KiB", "1.25 GiB".
[[nodiscard]] inline std::string size_text(std::uint64_t bytes) {
  const double size = mebibytes(bytes);
  if (size >= 1024.0) return fmt::format("{:.2f} GiB", size / 1024.0);
  return bytes < 1024      ? fmt::format("{} B", bytes)
         : bytes < 1048576 ? fmt::format("{:.1f} KiB", size * 1024.0)
                           : fmt::format("{:.1f} MiB", size);
}

}  // namespace quantrail::app
