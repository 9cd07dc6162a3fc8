#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>

namespace quantrail {

/// What is known of how long a beginning of a ranking must be, supposing that longer ones do as well.
struct Bisection {
  std::size_t groups = 0;               ///< the whole ranking
  std::size_t too_few = 0;              ///< the longest beginning known not to be enough
  std::optional<std::size_t> enough{};  ///< the shortest known to be
  std::size_t failures = 0;             ///< how many lengths are known not to be enough
  std::size_t successes = 0;            ///< how many are known to be

  void learn(std::size_t length, bool is_enough) {
    ++(is_enough ? successes : failures);
    if (is_enough) {
      enough = std::min(length, enough.value_or(length));
    } else {
      too_few = std::max(length, too_few);
    }
  }
  [[nodiscard]] bool finished() const { return enough ? *enough - too_few <= 1 : too_few >= groups; }
  /// The length to try next: 1, 2, 4, ... until one is enough, then the middle of what is open.
  [[nodiscard]] std::size_t next() const {
    if (enough) return (too_few + *enough) / 2;
    return too_few == 0 ? 1 : std::min(2 * too_few, groups);
  }
};

}  // namespace quantrail
