#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/error.h"

namespace quantrail {

/// No deflated stream grows more than this.
inline constexpr std::uint64_t kMostDeflatedGrowth = 1032;

/// Whether `bytes` begin as a gzip file does.
[[nodiscard]] bool is_gzip(std::span<const std::byte> bytes);

/// What a gzip file of one or several members holds: the first `most` bytes, or all where there are fewer, and then
/// the checksums are right. Errors: InvalidInput when it is damaged, cut, or followed by other bytes.
[[nodiscard]] Result<std::vector<std::byte>> gunzipped(std::span<const std::byte> compressed, std::size_t most);

}  // namespace quantrail
