#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace quantrail::tracking {

/// A zstd frame with a checksum, so that a flipped bit is noticed.
[[nodiscard]] std::vector<std::uint8_t> compressed(std::span<const std::uint8_t> bytes);

/// The inverse; nothing when the frame is damaged or cut off.
[[nodiscard]] std::optional<std::vector<std::uint8_t>> decompressed(std::span<const std::uint8_t> frame);

}  // namespace quantrail::tracking
