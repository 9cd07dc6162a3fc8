#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace quantrail {

/// The positions 0, 1, ... of the first `count` of `total` samples; all of them when there are fewer.
[[nodiscard]] std::vector<std::size_t> first_samples(std::size_t total, std::size_t count);

/// `count` of `total` positions, ascending, each set of this size equally likely; all when there are fewer.
/// Depends on `seed` alone: the same on every machine and with every standard library.
[[nodiscard]] std::vector<std::size_t> drawn_samples(std::size_t total, std::size_t count, std::uint64_t seed);

}  // namespace quantrail
